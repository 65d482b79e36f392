import type { Pointer } from "bun:ffi";
import { ftruncateSync, readSync, writeSync } from "node:fs";
import { check, errno, errnoName, libc } from "./libc.ts";

const SYS_copy_file_range = 326;
const SYS_copy_file_range_arm64 = 285;
const FICLONE = 0x40049409;
const SEEK_SET = 0;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
/** Less is read and written faster than the kernel is asked to copy it. */
const smallBytes = 1 << 16;
const chunkBytes = 1 << 20;

const number = process.arch === "arm64" ? SYS_copy_file_range_arm64 : SYS_copy_file_range;
const buffer = Buffer.allocUnsafe(chunkBytes);
/** What this process has learned of the file systems that it copies between. */
let [canClone, canRange] = [true, true];

/**
 * Copies a file's content into an empty one, on this thread: shared (reflink) where the file system can, by the kernel
 * (copy_file_range(2)) where that can, with its holes. `blocks` of 512 bytes is what it takes on the disk.
 */
export function copyContent(
  from: number,
  to: number,
  { size, blocks }: { size: number; blocks: number },
): void {
  if (size === 0) return;
  const hasHoles = blocks * 512 < size;
  if (canClone && size > smallBytes) {
    if (libc.ioctl(to, FICLONE, from as unknown as Pointer) === 0) return;
    canClone = false;
  }
  if (hasHoles) copyData(from, to, size);
  else copyPiece(from, to, 0, size);
}

function copyData(from: number, to: number, size: number): void {
  ftruncateSync(to, size);
  for (let at = 0; at < size; ) {
    const start = seek(from, at, SEEK_DATA);
    if (start === undefined) return;
    const end = seek(from, start, SEEK_HOLE) ?? size;
    copyPiece(from, to, start, Math.min(end, size) - start);
    at = end;
  }
}

/** A file that shrinks meanwhile ends early. */
function copyPiece(from: number, to: number, start: number, length: number): void {
  let at = start;
  const end = start + length;
  if (length > smallBytes && canRange) at = copyRange(from, to, start, end);
  while (at < end) {
    const count = readSync(from, buffer, 0, Math.min(chunkBytes, end - at), at);
    if (count === 0) return;
    for (let done = 0; done < count; ) done += writeSync(to, buffer, done, count - done, at + done);
    at += count;
  }
}

/** Answers how far it came: where the kernel cannot copy, not a byte. */
function copyRange(from: number, to: number, start: number, end: number): number {
  seek(from, start, SEEK_SET);
  seek(to, start, SEEK_SET);
  for (let at = start; at < end; ) {
    const count = Number(libc.syscall(number, from, 0, to, 0, end - at, 0));
    if (count > 0) at += count;
    else {
      if (count === 0) return end;
      const reason = errnoName(errno());
      if (!["EXDEV", "EINVAL", "ENOSYS", "EOPNOTSUPP", "ENOTSUP"].includes(reason))
        check(count, "copy a file");
      canRange = false;
      return at;
    }
  }
  return end;
}

/** Undefined when there is no more data. */
function seek(fd: number, offset: number, whence: number): number | undefined {
  const found = Number(libc.lseek(fd, offset, whence));
  if (found >= 0) return found;
  const reason = errnoName(errno());
  if (reason === "ENXIO") return undefined;
  if (whence === SEEK_DATA && reason === "EINVAL") return offset;
  return check(found, "look for a file's holes");
}
