import { invalid } from "../../../errors/index.ts";

/** Driver options as users write them, all of them text. Unknown ones stand for nothing, as with Docker. */
export type DriverOptions = Readonly<Record<string, string>>;

/** What a driver's options say, without what they do not say. */
export type Said<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const truths = ["1", "t", "T", "true", "TRUE", "True"];
const falsehoods = ["0", "f", "F", "false", "FALSE", "False"];

/** Undefined when the option is not named; `invalid`, in Docker's words, when it is no truth value. */
export function booleanOption(options: DriverOptions, name: string): boolean | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  if (truths.includes(text)) return true;
  if (falsehoods.includes(text)) return false;
  throw unreadable(name, text, "use true or false");
}

/** A whole number from `least` on. */
export function numberOption(options: DriverOptions, name: string, least: number): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    throw unreadable(name, text, `use a number of at least ${least}`);
  }
  return Number(text);
}

export function unreadable(name: string, value: string, why: string): Error {
  return invalid(`failed to parse ${name} value: ${value} (${why})`);
}

/** The same without the values that are undefined. */
export function said<T extends object>(values: T): Said<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Said<T>;
}
