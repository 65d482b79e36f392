import { ptr } from "bun:ffi";
import { errnoOf, SlipwayError } from "../errors/index.ts";
import { check, cstring, libc } from "./libc.ts";

/** A file system to mount, as containerd and the OCI runtime specification write it. */
export interface FileSystemMount {
  /** `overlay`, `tmpfs`, or `bind`. */
  type: string;
  source: string;
  /** As of mount(8); what is no flag is passed to the file system. */
  options: readonly string[];
}

/** Flags of mount(2) by the words that mount(8) has for them. */
const flags: Readonly<Record<string, number>> = {
  ro: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  remount: 32,
  bind: 4096,
  rbind: 4096 | 16384,
  noatime: 1024,
  nodiratime: 2048,
  relatime: 1 << 21,
  strictatime: 1 << 24,
};

const propagations: Readonly<Record<string, number>> = {
  private: 1 << 18,
  rprivate: (1 << 18) | 16384,
  slave: 1 << 19,
  rslave: (1 << 19) | 16384,
  shared: 1 << 20,
  rshared: (1 << 20) | 16384,
};

/** How many bytes the kernel takes of a file system's own options (mount(2)). */
const pageSize = 4096;

/** Mounts a file system on `target` (mount(2)). */
export function mount({ type, source, options }: FileSystemMount, target: string): void {
  let bits = 0;
  let propagation: number | undefined;
  const data: string[] = [];
  for (const option of options) {
    if (option in flags) bits |= flags[option] ?? 0;
    else if (option in propagations) propagation = propagations[option];
    else if (option !== "rw" && option !== "defaults") data.push(option);
  }
  const text = data.join(",");
  if (text.length >= pageSize) {
    throw new SlipwayError("system", `cannot mount ${target}: its options are longer than a page`);
  }
  const bind = type === "bind";
  call(source, target, bind ? "none" : type, bits | (bind ? (flags.bind ?? 0) : 0), text);
  // The first call of a bind mount takes no other flag.
  const restricted = bits & ~(flags.rbind ?? 0);
  if (bind && restricted !== 0) call("none", target, "none", bits | (flags.remount ?? 0) | (flags.bind ?? 0), "");
  if (propagation !== undefined) call("none", target, "none", propagation, "");
}

function call(source: string, target: string, type: string, bits: number, data: string): void {
  const [from, to, kind, text] = [cstring(source), cstring(target), cstring(type), cstring(data)];
  check(libc.mount(ptr(from), ptr(to), ptr(kind), bits, ptr(text)), () => `mount ${source} on ${target}`);
}

/**
 * Takes the file system at `target` out of the tree (umount2(2), lazily): it goes once its last user has. False when
 * nothing is mounted there.
 */
export function unmount(target: string): boolean {
  const MNT_DETACH = 2;
  const path = cstring(target);
  try {
    check(libc.umount2(ptr(path), MNT_DETACH), () => `unmount ${target}`);
    return true;
  } catch (error) {
    if (["EINVAL", "ENOENT"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}
