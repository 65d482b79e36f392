import { ptr } from "bun:ffi";
import { closeSync, constants, readSync } from "node:fs";
import { attributeOf, attributesOf, openAt } from "../../../../os/at.ts";
import { libc } from "../../../../os/libc.ts";
import { isSettled } from "../source/settled.ts";
import type { HashIndex } from "./hash-index.ts";

const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
const chunk = Buffer.allocUnsafe(1 << 20);
const empty = Buffer.alloc(1);
/** Words of the seconds and nanoseconds of a struct statx's times: of the last change and modification. */
const times = [24, 28] as const;
/**
 * The digest of a file's content and extended attributes, remembered in an index. As in git's racy rule, a file that
 * changed so recently that its next change might show the same times is not remembered.
 */
export function hashFile(directory: number, name: Buffer, index: HashIndex | undefined): Uint32Array {
  const fd = openAt(directory, name, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const before = statOpen(fd);
    const digest = digestOf(fd);
    if (index !== undefined && isSettledFile(before) && isSame(before, statOpen(fd)))
      index.add(before, digest);
    return digest;
  } finally {
    closeSync(fd);
  }
}

function digestOf(fd: number): Uint32Array {
  const hasher = new Bun.CryptoHasher("sha256");
  for (;;) {
    const count = readSync(fd, chunk, 0, chunk.length, null);
    if (count === 0) break;
    hasher.update(chunk.subarray(0, count));
  }
  for (const name of attributesOf(fd).sort()) {
    // Those that copies have.
    if (name !== "security.capability" && !name.startsWith("user.")) continue;
    const value = attributeOf(fd, name) ?? new Uint8Array(0);
    hasher.update(`\0${name}=${value.length}:`);
    hasher.update(value);
  }
  return new Uint32Array(new Uint8Array(hasher.digest()).buffer);
}

function statOpen(fd: number): Uint32Array {
  const stat = new Uint32Array(64);
  libc.statx(fd, ptr(empty), AT_EMPTY_PATH, STATX_BASIC_STATS, ptr(stat));
  return stat;
}

function isSettledFile(stat: Uint32Array): boolean {
  return times.every((at) => {
    const nanoseconds = stat[at + 2] as number;
    return isSettled((stat[at] as number) * 1000 + nanoseconds / 1e6, nanoseconds);
  });
}

function isSame(one: Uint32Array, other: Uint32Array): boolean {
  return [8, 9, 10, 11, 24, 25, 26, 28, 29, 30].every((at) => one[at] === other[at]);
}
