import { ptr } from "bun:ffi";
import { check, cstring, libc } from "./libc.ts";

const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;

/**
 * Gives a file a further name (linkat(2)). Links are followed, so `/proc/self/fd/N` stands for an open file, which
 * must still have a name.
 */
export function linkFile(existing: string, path: string): void {
  const [from, to] = [cstring(existing), cstring(path)];
  const result = libc.linkat(AT_FDCWD, ptr(from), AT_FDCWD, ptr(to), AT_SYMLINK_FOLLOW);
  check(result, () => `link ${existing} as ${path}`);
}
