import { invalid } from "../../errors/index.ts";

const units: Record<string, number> = {
  h: 3_600_000_000_000,
  m: 60_000_000_000,
  s: 1_000_000_000,
  ms: 1_000_000,
  us: 1000,
  µs: 1000,
  ns: 1,
};
const unixPattern = /^(-?\d+)(?:\.(\d{1,9})\d*)?$/;
const durationPattern = /^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/;
const datePattern = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * Nanoseconds since the epoch of a moment given as Unix seconds with an optional fraction, as RFC3339
 * (shortened ones too, in UTC), or as a duration before `now`.
 */
export function parseTimestamp(name: string, value: string, now: bigint): bigint {
  const unix = unixPattern.exec(value);
  if (unix !== null) return BigInt(unix[1]!) * 1_000_000_000n + fraction(unix[2]);
  if (durationPattern.test(value)) return now - duration(value);
  const date = datePattern.exec(value);
  const milliseconds =
    date === null ? Number.NaN : Date.parse(`${date[1]}T${date[2] ?? "00:00"}${date[4] ?? "Z"}`);
  if (Number.isNaN(milliseconds)) {
    throw invalid(
      `invalid value "${value}" for '${name}': use Unix seconds, RFC3339 or a duration such as 10m`,
    );
  }
  return BigInt(milliseconds) * 1_000_000n + fraction(date?.[3]);
}

function fraction(digits: string | undefined): bigint {
  return digits === undefined ? 0n : BigInt(digits.padEnd(9, "0"));
}

function duration(value: string): bigint {
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)) {
    total += Number(amount) * units[unit!]!;
  }
  return BigInt(Math.round(total));
}
