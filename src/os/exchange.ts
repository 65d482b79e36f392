import { ptr } from "bun:ffi";
import { check, cstring, libc } from "./libc.ts";

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;
const renameat2 = process.arch === "arm64" ? 276 : 316;

/** Lets two paths of one file system change places in one step (renameat2(2)). */
export function exchangePaths(one: string, other: string): void {
  const [a, b] = [cstring(one), cstring(other)];
  const result = libc.syscall(renameat2, AT_FDCWD, ptr(a), AT_FDCWD, ptr(b), RENAME_EXCHANGE, 0);
  check(Number(result), () => `exchange ${one} and ${other}`);
}
