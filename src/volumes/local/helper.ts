import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemError } from "../../errors/index.ts";
import { runLimited } from "../limited.ts";

const places = () => ["/sbin", "/usr/sbin", ...(process.env.PATH ?? "").split(":").filter(Boolean)];
/** The kernel does these itself, and Docker lets it. */
const kernels = new Set(["", "none", "bind", "tmpfs", "overlay", "nfs", "nfs4", "cifs"]);

/** The program that mounts a type; also of its family, as `mount.fuse` for `fuse.sshfs`. */
export function helperOf(type: string): string | undefined {
  if (kernels.has(type) || type.includes("/")) return undefined;
  const [family = type] = type.split(".");
  return [`mount.${type}`, `mount.${family}`]
    .flatMap((name) => places().map((place) => join(place, name)))
    .find((path) => existsSync(path));
}

interface HelperMount {
  type: string;
  source: string;
  options: string[];
}

/** Mounts by mount(8) and the program that it finds for the type. `system` with what that says. */
export async function mountByHelper(mount: HelperMount, target: string, signal: AbortSignal) {
  let { status, words } = await runHelper(mount, target, signal);
  if (status !== 0 && mount.type in talkative) ({ status, words } = await askWhy(mount, target, signal));
  if (status === 0) return;
  const reason = words
    .split(/[\r\n]+/)
    .slice(-mostLines)
    .join("; ");
  throw systemError(`failed to mount local volume: mount ${mount.source}:${target}: ${hidden(reason)}`);
}

/** Of what a program says, so many lines are told: the last, which say what came of it. */
const mostLines = 6;

/** What makes a program say why it failed, on its standard error or in a log file of ours. */
const talkative: Readonly<Record<string, (log: string) => string[]>> = {
  sshfs: () => ["sshfs_verbose"],
  "fuse.sshfs": () => ["sshfs_verbose"],
  glusterfs: (log) => [`log-file=${log}`],
};

/** Tries again, with more words: they are not asked for at once because they stay open as long as the program serves. */
async function askWhy(mount: HelperMount, target: string, signal: AbortSignal) {
  const directory = await mkdtemp(join(tmpdir(), "slipway-mount-"));
  try {
    const log = join(directory, "log");
    const options = [...mount.options, ...(talkative[mount.type]?.(log) ?? [])];
    const { status, words } = await runHelper({ ...mount, options }, target, signal);
    const logged = existsSync(log) ? complaints(await readFile(log, "utf8")) : [];
    return { status, words: [...logged, words].join("\n") };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The messages in a log of GlusterFS that are errors, or are about its server. */
const complaints = (log: string): string[] =>
  log
    .split("\n")
    .filter((line) => /^\[[^\]]*\] E |\[glusterfsd-mgmt\.c:/.test(line))
    .map((line) => line.replace(/^.*?\] \d+-[^:]*: /, ""));

async function runHelper({ type, source, options }: HelperMount, target: string, signal: AbortSignal) {
  const argv = ["mount", "-t", type, ...(options.length === 0 ? [] : ["-o", options.join(",")])];
  const outcome = await runLimited([...argv, "--", source, target], { signal, what: source });
  const { status, stderr, stdout } = outcome;
  return { status, words: stderr.trim() || stdout.trim() || `mount exited with ${status}` };
}

/** What a mount says, without the passwords in it. */
export const hidden = (text: string): string => text.replaceAll(/\b(pass(?:word)?)=[^,\s]*/g, "$1=********");
