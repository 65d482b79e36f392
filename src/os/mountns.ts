import { ptr } from "bun:ffi";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { errnoOf, messageOf, systemError } from "../errors/index.ts";
import { check, cstring, libc } from "./libc.ts";

const CLONE_FS = 0x200;
const CLONE_NEWNS = 0x20000;
const MS_PRIVATE = 1 << 18;
const MS_REC = 1 << 14;
const MNT_DETACH = 2;
const cgroupRoot = "/sys/fs/cgroup";
const unified = `${cgroupRoot}/unified`;
/** Set for the program that has come back from here: nothing is tried twice. */
const marker = "SLIPWAY_MOUNT_NAMESPACE";

/**
 * On a hybrid host (controllers in version 1 and the unified hierarchy besides) crun refuses to work where it
 * sees the latter. The program is then executed anew, with the same id, arguments, environment and inherited
 * descriptors, in a mount namespace where it is not mounted; every other mount is still exchanged with the host.
 * To be called first of all: nothing but inherited descriptors survives.
 *
 * `companions` are processes that a former engine left in such a namespace: the first that still lives is
 * joined, so that what the former engine mounted stays visible. Returns where nothing is to be done.
 */
export function ensureUsableCgroups(companions: readonly number[]): void {
  const moved = process.env[marker] !== undefined;
  delete process.env[marker];
  if (moved || !isHybrid()) return;
  const directory = process.cwd();
  // A thread that shares its root and working directory with others may not enter a mount namespace (setns(2)).
  check(libc.unshare(CLONE_FS), "leave the shared working directory");
  if (!companions.some(join)) create();
  process.chdir(directory);
  executeAnew();
}

/**
 * The same for the calling thread and the processes that it starts from now on; other threads stay where they
 * are. Enough for a program that only starts runtimes.
 */
export function hideUnifiedHierarchy(): void {
  if (isHybrid()) create();
}

function isHybrid(): boolean {
  return existsSync(`${unified}/cgroup.controllers`);
}

function join(pid: number): boolean {
  let namespace: number;
  try {
    namespace = openSync(`/proc/${pid}/ns/mnt`, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH") return false;
    throw error;
  }
  try {
    check(libc.setns(namespace, CLONE_NEWNS), () => `enter the mount namespace of process ${pid}`);
    return true;
  } finally {
    closeSync(namespace);
  }
}

function create(): void {
  check(libc.unshare(CLONE_NEWNS), "make a mount namespace");
  const root = cstring(cgroupRoot);
  const child = cstring(unified);
  // Else the host would lose the mount as well.
  check(libc.mount(null, ptr(root), null, BigInt(MS_PRIVATE | MS_REC), null), `make ${cgroupRoot} private`);
  check(libc.umount2(ptr(child), MNT_DETACH), `unmount ${unified}`);
}

/** All threads end, and the new program's are born where this one is now. */
function executeAnew(): never {
  const words = readFileSync("/proc/self/cmdline", "utf8").split("\0").slice(0, -1);
  const variables = Object.entries({ ...process.env, [marker]: "1" }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const path = cstring("/proc/self/exe");
  const argv = stringArray(words);
  const env = stringArray(variables);
  const result = libc.execve(ptr(path), ptr(argv.pointers), ptr(env.pointers));
  try {
    check(result, "execute this program anew");
  } catch (cause) {
    throw systemError(messageOf(cause), { cause });
  }
  throw systemError("execve returned");
}

/** A NULL-terminated array of strings; both parts must stay referenced while the kernel reads it. */
function stringArray(values: string[]): { pointers: BigUint64Array; strings: Buffer[] } {
  const strings = values.map(cstring);
  const pointers = new BigUint64Array(strings.length + 1);
  for (const [index, string] of strings.entries()) pointers[index] = BigInt(ptr(string));
  return { pointers, strings };
}
