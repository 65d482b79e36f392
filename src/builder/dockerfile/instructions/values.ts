import { Misuse } from "./misuse.ts";

/** As Go's strconv.ParseBool. */
export function readBoolean(text: string, key: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return false;
  throw new Misuse(`invalid value for ${key}: ${text}`);
}

/** Of 32 bits, in octal or decimal digits. */
export function readUnsigned(text: string, key: string, base: 8 | 10): number {
  const digits = base === 8 ? /^[0-7]+$/ : /^[0-9]+$/;
  const value = digits.test(text) ? Number.parseInt(text, base) : Number.NaN;
  if (value < 2 ** 32) return value;
  throw new Misuse(`invalid value ${text} for ${key}`);
}

/** Bytes, with Docker's units: `64m`, `1.5 GiB`. */
export function readMemory(text: string, key: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text);
  if (match === null) throw new Misuse(`invalid value for ${key}: ${text}`);
  return Math.floor(Number(match[1]) * 1024 ** " kmgtp".indexOf(match[2]!.toLowerCase() || " "));
}
