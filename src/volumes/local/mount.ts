import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import { systemError } from "../../errors/index.ts";
import { parseMountOptions } from "../../os/mount-options.ts";
import { readMountInfo } from "../../os/mountinfo.ts";
import { selfCommand } from "../../os/self.ts";
import type { MountAnswer, MountRequest } from "../child/mount.ts";
import { runLimited } from "../limited.ts";
import { resolveAddresses } from "./address.ts";
import { helperOf, hidden, mountByHelper } from "./helper.ts";

/** Whether something is mounted on a path. The kernel's list answers: no file is touched. */
export const isMounted = (target: string): boolean =>
  readMountInfo().some((mount) => mount.target === target);

/**
 * Mounts what a volume's options describe: by mount(2), as Docker does, or by mount(8) for types that the host has a
 * helper for (`mount.glusterfs`, `mount.fuse.sshfs`). In a child and in bounded time either way; `system` with the
 * kernel's or the helper's words.
 */
export async function mountVolume(
  volume: Readonly<Record<string, string>>,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const { type = "", device: given = "", o = "" } = volume;
  const words = o.split(",").filter((word) => word !== "");
  const { device, options } = await resolveAddresses({ type, device: given, options: words }, signal);
  const helper = helperOf(type);
  if (helper === undefined) await byCall({ type, source: device, options }, target, signal);
  else await mountByHelper({ type, source: device, options }, target, signal);
}

/**
 * Takes a volume's file system out of the tree, whether or not its server answers. With `force` its users, who may wait
 * for the server in vain, get errors from then on.
 */
export async function unmountVolume(
  target: string,
  signal: AbortSignal,
  { force = false } = {},
): Promise<void> {
  const { message, errno } = await inChild({ target, force }, signal);
  if (message === undefined || !isMounted(target)) return;
  throw systemError(`cannot unmount ${target}: ${wordsOf(errno) ?? message}`);
}

async function byCall(
  mount: { type: string; source: string; options: string[] },
  target: string,
  signal: AbortSignal,
) {
  const answer = await inChild({ target, mount }, signal);
  if (answer.message === undefined) return;
  const { flags, data } = parseMountOptions(mount.options);
  const bits = flags === 0 ? "" : `, flags: 0x${flags.toString(16)}`;
  const text = data.length === 0 ? "" : `, data: ${hidden(data.join(","))}`;
  const reason = wordsOf(answer.errno) ?? answer.message;
  const details = answer.errno === undefined ? {} : { errno: answer.errno };
  throw systemError(
    `failed to mount local volume: mount ${mount.source}:${target}${bits}${text}: ${reason}`,
    details,
  );
}

async function inChild(request: MountRequest, signal: AbortSignal): Promise<MountAnswer> {
  const input = JSON.stringify(request);
  const { status, stdout, stderr } = await runLimited(selfCommand("volume-mount"), { input, signal });
  if (stdout !== "") return JSON.parse(stdout) as MountAnswer;
  return { message: `the child process exited with ${status} ${stderr}`.trim() };
}

/** The system's words for an error's name, as Docker's users know them: `no such device`. */
function wordsOf(errno: string | undefined): string | undefined {
  if (errno === undefined) return undefined;
  const number = (constants.errno as Record<string, number>)[errno];
  return number === undefined ? undefined : getSystemErrorMap().get(-number)?.[1];
}
