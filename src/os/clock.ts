let lastMillisecond = 0;
let monotonicThen = 0n;

/**
 * Wall-clock time in nanoseconds since the epoch, ascending within a millisecond: the order in which things
 * happened stays visible in their times.
 */
export function nowNanoseconds(): bigint {
  const millisecond = Date.now();
  const monotonic = process.hrtime.bigint();
  if (millisecond !== lastMillisecond) {
    lastMillisecond = millisecond;
    monotonicThen = monotonic;
  }
  const within = monotonic - monotonicThen;
  return BigInt(millisecond) * 1_000_000n + (within > 999_999n ? 999_999n : within);
}

/** RFC 3339 in UTC with up to nine digits of a second and no trailing zeros, as Go's RFC3339Nano. */
export function rfc3339Nano(nanoseconds: bigint): string {
  const seconds = nanoseconds / 1_000_000_000n;
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${date}Z` : `${date}.${fraction}Z`;
}

/** Nanoseconds since the epoch of an RFC 3339 time; throws RangeError when it is none. */
export function parseRfc3339(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(milliseconds)) throw new RangeError(`not an RFC 3339 time: ${text}`);
  return BigInt(milliseconds) * 1_000_000n + BigInt((match?.[2] ?? "").padEnd(9, "0"));
}
