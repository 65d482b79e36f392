import { wrong } from "../local-error.ts";

/** An amount of memory such as `512m`, `1.5GB`, `1024` in bytes; units are powers of 1024. */
export function parseBytes(text: string): number {
  const match = /^(-?\d*\.?\d+|\d+\.?) ?([kmgtp]?)(i?b?)$/i.exec(text);
  const [, number, unit = "", suffix = ""] = match ?? [];
  if (number === undefined || number.startsWith("-") || (suffix.length > 1 && unit === "")) {
    throw wrong(`invalid size: '${text}'`);
  }
  const power = " kmgtp".indexOf(unit.toLowerCase() || " ");
  return Math.trunc(Number(number) * 1024 ** power);
}

/** As `parseBytes`, with `-1` for unlimited. */
export function parseSwapBytes(text: string): number {
  return text === "-1" ? -1 : parseBytes(text);
}

/** A number of CPUs such as `1.5` or `3/2` in units of a billionth. */
export function parseCpus(text: string): number {
  const [numerator = "", denominator = "1"] = text.split("/");
  const value = Number(numerator) / Number(denominator);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(\/\d+)?$/i.test(text) || !Number.isFinite(value)) {
    throw wrong(`failed to parse ${text} as a rational number`);
  }
  const nano = value * 1e9;
  if (Math.abs(nano - Math.round(nano)) > 1e-3) throw wrong("value is too precise");
  return Math.round(nano);
}
