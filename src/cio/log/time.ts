import { ptr } from "bun:ffi";
import { libc } from "../../os/libc.ts";

const CLOCK_REALTIME = 0;
const timespec = new BigInt64Array(2);
const timespecPointer = ptr(timespec);

let cachedSecond = -1;
let cachedText = "";

/** A moment with nanoseconds, in two numbers because one cannot hold it exactly. */
export interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

/** The wall clock with the kernel's resolution (clock_gettime(2)). */
export function now(): Instant {
  libc.clock_gettime(CLOCK_REALTIME, timespecPointer);
  return { seconds: Number(timespec[0]), nanos: Number(timespec[1]) };
}

/** RFC 3339 in UTC with nine digits of a second, as `logs --timestamps` shows it. */
export function formatFixed(time: Instant): string {
  return `${wholeSecond(time.seconds)}.${digits(time.nanos)}Z`;
}

/** RFC 3339 in UTC without trailing zeros in the fraction, as Go prints it and log files have it. */
export function formatShort(time: Instant): string {
  const fraction = digits(time.nanos).replace(/0+$/, "");
  return `${wholeSecond(time.seconds)}${fraction && "."}${fraction}Z`;
}

/** Splits nanoseconds since 1970. */
export function instantOf(nanos: bigint): Instant {
  return { seconds: Number(nanos / 1_000_000_000n), nanos: Number(nanos % 1_000_000_000n) };
}

/** Negative when `a` is earlier than `b`. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

function wholeSecond(seconds: number): string {
  if (seconds !== cachedSecond) {
    cachedSecond = seconds;
    cachedText = new Date(seconds * 1000).toISOString().slice(0, 19);
  }
  return cachedText;
}

function digits(nanos: number): string {
  return String(nanos).padStart(9, "0");
}
