import { ptr } from "bun:ffi";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { SlipwayError } from "../errors/index.ts";
import { check, cstring, libc } from "./libc.ts";

const SYS_openat2 = 437;
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_IN_ROOT = 0x10;
const O_CLOEXEC = 0o2000000;

/**
 * Opens `path` inside `root` as a process whose root that is would see it: no symbolic link, however
 * planted, leads outside (openat2(2), RESOLVE_IN_ROOT, Linux 5.6). The caller closes the descriptor.
 */
export function openInRoot(root: string, path: string, flags: number, mode = 0): number {
  const directory = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const how = new BigUint64Array([
      BigInt(flags | O_CLOEXEC),
      BigInt(mode),
      BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS),
    ]);
    const name = cstring(path);
    const result = libc.syscall(SYS_openat2, directory, ptr(name), ptr(how), how.byteLength, 0, 0);
    return check(result, () => `open ${path} in ${root}`);
  } finally {
    closeSync(directory);
  }
}

const readLimit = 4 << 20;

/** The text of a small file inside `root`, of which at most 4 MiB are read; undefined when there is none. */
export function readInRoot(root: string, path: string): string | undefined {
  let fd: number;
  try {
    fd = openInRoot(root, path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof SlipwayError && ["ENOENT", "ENOTDIR", "ELOOP"].includes(error.details.errno ?? "")) {
      return undefined;
    }
    throw error;
  }
  try {
    const chunks: Buffer[] = [];
    for (let left = readLimit; left > 0; ) {
      const chunk = Buffer.allocUnsafe(Math.min(left, 65536));
      const count = readSync(fd, chunk);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      left -= count;
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    closeSync(fd);
  }
}
