import { ptr } from "bun:ffi";
import { check, libc } from "./libc.ts";

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const second = 1_000_000_000n;
/** Two struct timespec: of the last access and of the last modification. */
const times = new BigInt64Array(4);

/**
 * Sets both times of an open file to the nanosecond (futimens(3)), which Node's calls, taking floating-point
 * seconds, cannot.
 */
export function setTimes(fd: number, nanoseconds: bigint): void {
  fill(nanoseconds);
  check(libc.futimens(fd, ptr(times)), "set a file's times");
}

/** The same by path, NUL-terminated; of a symbolic link itself. */
export function setTimesOf(path: Buffer, nanoseconds: bigint): void {
  fill(nanoseconds);
  const result = libc.utimensat(AT_FDCWD, ptr(path), ptr(times), AT_SYMLINK_NOFOLLOW);
  check(result, () => `set the times of ${path.subarray(0, -1)}`);
}

function fill(nanoseconds: bigint): void {
  const fraction = ((nanoseconds % second) + second) % second;
  times[0] = (nanoseconds - fraction) / second;
  times[1] = fraction;
  times[2] = times[0];
  times[3] = fraction;
}
