import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

const READABLE_BY_ALL = 0o644;
/** One that is larger was written by the container, and is left to it. */
const MAXIMUM_BYTES = 1024 * 1024;

/**
 * Changes a file that is mounted into a container, which keeps its inode. Nobody who reads it meanwhile sees it empty.
 * It is left alone if nothing changes, and made if it is not there.
 */
export function rewriteInPlace(path: string, change: (text: string) => string): void {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, READABLE_BY_ALL);
  try {
    if (fstatSync(fd).size > MAXIMUM_BYTES) return;
    const before = readFileSync(fd);
    const after = Buffer.from(change(before.toString()));
    if (after.equals(before)) return;
    for (let at = 0; at < after.length; ) at += writeSync(fd, after, at, after.length - at, at);
    ftruncateSync(fd, after.length);
  } finally {
    closeSync(fd);
  }
}
