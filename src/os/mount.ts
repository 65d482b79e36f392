import { ptr } from "bun:ffi";
import { realpathSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";
import { check, cstring, libc } from "./libc.ts";
import { attributesOf, mountLong } from "./mount-api.ts";
import { type MountOptions, parseMountOptions } from "./mount-options.ts";
import { readMountInfo } from "./mountinfo.ts";

/** A file system to mount, as containerd and the OCI runtime specification write it. */
export interface FileSystemMount {
  /** `overlay`, `tmpfs`, or `bind`. */
  type: string;
  source: string;
  /** As of mount(8); what is no flag is passed to the file system. */
  options: readonly string[];
}

const MS_REMOUNT = 32;
const MS_BIND = 4096;
const MS_REC = 16384;
const MNT_FORCE = 1;
const MNT_DETACH = 2;

/** How many bytes the kernel takes of a file system's own options (mount(2)), the closing NUL included. */
const pageSize = 4096;

/** Mounts a file system on `target` (mount(2)); options longer than a page take the newer calls (Linux 6.8). */
export function mount({ type, source, options }: FileSystemMount, target: string): void {
  const parsed = parseMountOptions(options);
  if (type === "bind" || (parsed.flags & MS_BIND) !== 0) bind(source, target, parsed);
  else {
    const data = parsed.data.join(",");
    if (Buffer.byteLength(data) < pageSize) call(source, target, type, parsed.flags, data);
    else mountLong(type, source, parsed.data, attributesOf(parsed.flags), target);
  }
  for (const propagation of parsed.propagation) call("none", target, "none", propagation, "");
}

/** The first call of a bind mount takes no flag but MS_REC; the others need a second call. */
function bind(source: string, target: string, { flags }: MountOptions): void {
  call(source, target, "none", MS_BIND | (flags & MS_REC), "");
  const restricted = flags & ~(MS_BIND | MS_REC);
  if (restricted !== 0) call("none", target, "none", restricted | MS_REMOUNT | MS_BIND, "");
}

/** Changes how mounts under `target` are exchanged with other places: `rslave`, `private` … (mount_namespaces(7)). */
export function setPropagation(target: string, mode: string): void {
  for (const propagation of parseMountOptions([mode]).propagation)
    call("none", target, "none", propagation, "");
}

/** Changes the flags of a mount that exists: `ro`, `rw`, `nosuid` … */
export function remount(target: string, options: readonly string[]): void {
  call("none", target, "none", parseMountOptions(options).flags | MS_REMOUNT | MS_BIND, "");
}

/**
 * Takes the file system at `target` out of the tree (umount2(2), lazily): it goes once its last user has. False when
 * nothing is mounted there. With `force` whoever waits for its server gets an error at once.
 */
export function unmount(target: string, { force = false } = {}): boolean {
  const path = cstring(target);
  const flags = force ? MNT_DETACH | MNT_FORCE : MNT_DETACH;
  try {
    check(libc.umount2(ptr(path), flags), () => `unmount ${target}`);
    return true;
  } catch (error) {
    if (["EINVAL", "ENOENT"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}

/** Takes away every mount below a directory, as often as others lie on each other. */
export function unmountBelow(directory: string): void {
  const below = `${realpathSync(directory)}/`;
  const found = readMountInfo().filter(({ target }) => target.startsWith(below));
  // The newest first: it may lie on another.
  for (const { target } of found.reverse()) unmount(target);
}

function call(source: string, target: string, type: string, bits: number, data: string): void {
  const [from, to, kind, text] = [cstring(source), cstring(target), cstring(type), cstring(data)];
  check(libc.mount(ptr(from), ptr(to), ptr(kind), bits, ptr(text)), () => `mount ${source} on ${target}`);
}
