/* The usual kinds of flags; the ones with a grammar of their own are made with `custom`. */
import { wrong } from "../local-error.ts";
import { csvFields } from "../opts/csv.ts";
import type { Flag, FlagOptions } from "./flag.ts";
import { parseBool, parseInteger } from "./scalar.ts";

export function bool(description: string, options: FlagOptions & { on?: boolean } = {}): Flag<boolean> {
  const { on, ...rest } = options;
  const shown = on ? { shownDefault: "true" } : {};
  return { ...shown, ...rest, description, placeholder: "", zero: on ?? false, bare: "true", add: parseBool };
}

export function string(description: string, options: FlagOptions & { initial?: string } = {}): Flag<string> {
  const { initial = "", ...rest } = options;
  const shown = initial === "" ? {} : { shownDefault: `"${initial}"` };
  return { placeholder: "string", ...shown, ...rest, description, zero: initial, add: (text) => text };
}

/** A whole number; undefined when the flag is not given. */
export function integer(description: string, options: FlagOptions = {}): Flag<number | undefined> {
  return { placeholder: "int", ...options, description, zero: undefined, add: (text) => parseInteger(text) };
}

/** A flag that may be repeated; each text is checked, and perhaps rewritten, by `check`. */
export function list(
  description: string,
  options: FlagOptions & { check?: (text: string) => string } = {},
): Flag<string[]> {
  const { check = (text: string) => text, ...rest } = options;
  const add = (text: string, before: string[]) => [...before, check(text)];
  return { placeholder: "list", ...rest, description, zero: [], add };
}

/** A flag that may be repeated and takes several values with commas between; `"` may quote one. */
export function strings(description: string, options: FlagOptions = {}): Flag<string[]> {
  const add = (text: string, before: string[]) => (text === "" ? before : [...before, ...csvFields(text)]);
  return { placeholder: "strings", ...options, description, zero: [], add };
}

/** A flag that may be repeated, with values of its own kind. */
export function each<T>(
  description: string,
  parse: (text: string) => T,
  options: FlagOptions = {},
): Flag<T[]> {
  const add = (text: string, before: T[]) => [...before, parse(text)];
  return { placeholder: "list", ...options, description, zero: [], add };
}

/** `key=value` pairs. */
export function map(description: string, options: FlagOptions = {}): Flag<Record<string, string>> {
  const add = (text: string, before: Record<string, string>) => {
    const at = text.indexOf("=");
    const key = at < 0 ? text : text.slice(0, at);
    return { ...before, [key]: at < 0 ? "" : text.slice(at + 1) };
  };
  return { placeholder: "map", shownDefault: "map[]", ...options, description, zero: {}, add };
}

/** One value with a grammar of its own; undefined when the flag is not given. */
export function custom<T>(
  description: string,
  placeholder: string,
  parse: (text: string) => T,
  options: FlagOptions = {},
): Flag<T | undefined> {
  return { placeholder, ...options, description, zero: undefined, add: (text) => parse(text) };
}

/** A flag that Docker has and this engine cannot honour: it refuses instead of being ignored. */
export function unsupported(description: string, placeholder: string, reason: string): Flag<undefined> {
  const refuse = () => {
    throw wrong(reason);
  };
  const bare = placeholder === "" ? { bare: "true" } : {};
  return { ...bare, description, placeholder, zero: undefined, hidden: true, add: refuse };
}
