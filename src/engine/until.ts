import { filterValues } from "../api/filters.ts";
import type { Filters } from "../api/index.ts";
import { invalid } from "../errors/index.ts";
import { nowNanoseconds, parseRfc3339 } from "../os/clock.ts";

const units: Readonly<Record<string, number>> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6 };

/** The one `until` of filters, in nanoseconds since the epoch; undefined when there is none. */
export function untilOf(filters: Filters): bigint | undefined {
  const [value, ...more] = filterValues(filters, "until");
  if (more.length > 0) throw invalid("more than one until filter specified");
  return value === undefined ? undefined : parseUntil(value);
}

/** Nanoseconds since the epoch of a time (RFC 3339, or seconds since the epoch) or of an age such as `1h30m`. */
export function parseUntil(value: string): bigint {
  if (/^\d+(\.\d+)?$/.test(value)) return BigInt(Math.round(Number(value) * 1000)) * 1_000_000n;
  if (/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(value)) {
    const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
    const age = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0);
    return nowNanoseconds() - BigInt(Math.round(age));
  }
  return /(Z|[+-]\d\d:\d\d)$/.test(value) ? zoned(value) : local(value);
}

function zoned(value: string): bigint {
  try {
    return parseRfc3339(value);
  } catch (cause) {
    throw unclear(value, cause);
  }
}

/** A time without a zone is the host's local time, as Docker takes it. */
function local(value: string): bigint {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?)?$/.test(value);
  const hours = /T\d\d$/.test(value) ? ":00" : "";
  const time = isTime
    ? Date.parse(value.includes("T") ? `${value}${hours}` : `${value}T00:00:00`)
    : Number.NaN;
  if (Number.isNaN(time)) throw unclear(value);
  return BigInt(time) * 1_000_000n;
}

function unclear(value: string, cause?: unknown): Error {
  const message = `invalid value for 'until' filter: "${value}": write a time or an age such as 24h`;
  return invalid(message, { cause });
}
