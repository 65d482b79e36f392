/* Booleans, numbers and durations as Go reads them, with its words for what is wrong. */
import { wrong } from "../local-error.ts";

const truths = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falsehoods = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** Whether a text is one of Go's words for it; what is none of its words is neither. */
export const isTrue = (text: string | undefined): boolean => text !== undefined && truths.has(text);
export const isFalse = (text: string | undefined): boolean => text !== undefined && falsehoods.has(text);

export function parseBool(text: string): boolean {
  if (isTrue(text)) return true;
  if (isFalse(text)) return false;
  throw wrong(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** A whole number, decimal or with Go's prefixes, within `min` and `max`. */
export function parseInteger(
  text: string,
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const failed = (why: string) =>
    wrong(`strconv.Parse${min === 0 ? "Uint" : "Int"}: parsing ${JSON.stringify(text)}: ${why}`);
  const match = /^([+-]?)(\d+|0x[0-9a-f]+|0b[01]+|0o[0-7]+)$/i.exec(text);
  if (match === null || (min === 0 && match[1] !== "")) throw failed("invalid syntax");
  const digits = match[2]!;
  const magnitude = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = match[1] === "-" ? -magnitude : magnitude;
  if (Number.isNaN(value)) throw failed("invalid syntax");
  if (value < min || value > max) throw failed("value out of range");
  return value === 0 ? 0 : value;
}

const nanoseconds: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A Go duration (`1m30s`, `500ms`) in nanoseconds. */
export function parseDuration(text: string): number {
  const match = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (text === "0") return 0;
  if (match === null) {
    const quoted = JSON.stringify(text);
    const missing = /^[+-]?\d+(\.\d+)?$/.test(text)
      ? `missing unit in duration ${quoted}`
      : `invalid duration ${quoted}`;
    throw wrong(`time: ${missing}`);
  }
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(number) * nanoseconds[unit!]!;
  }
  return Math.round(match[1] === "-" ? -total : total);
}
