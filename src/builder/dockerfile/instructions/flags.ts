import type { Word } from "../parser/index.ts";
import { didYouMean } from "../suggest.ts";
import { Misuse } from "./misuse.ts";

type FlagKind = "boolean" | "string" | "strings";

export interface Flags {
  /** Undefined when it is not there. */
  boolean(name: string): boolean | undefined;
  /** Empty when it is not there. */
  string(name: string): string;
  strings(name: string): string[];
}

/** Reads `--name=value`, `--name` for booleans, each once but for `strings`. Throws Misuse in BuildKit's words. */
export function readFlags(words: readonly Word[], kinds: Readonly<Record<string, FlagKind>>): Flags {
  const values = new Map<string, string[]>();
  for (const word of words) {
    const { name, value } = readFlag(word, kinds);
    const others = values.get(name) ?? [];
    if (others.length > 0 && kinds[name] !== "strings")
      throw new Misuse(`duplicate flag specified: --${name}`, word);
    values.set(name, [...others, value]);
  }
  return {
    boolean: (name) => (values.has(name) ? values.get(name)?.[0] === "true" : undefined),
    string: (name) => values.get(name)?.[0] ?? "",
    strings: (name) => values.get(name) ?? [],
  };
}

function readFlag(word: Word, kinds: Readonly<Record<string, FlagKind>>): { name: string; value: string } {
  const [flag = "", ...rest] = word.text.split("=");
  const name = flag.slice(2);
  const value = rest.join("=");
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined)
    throw new Misuse(`unknown flag: ${flag}${didYouMean(name, Object.keys(kinds))}`, word);
  if (kind !== "boolean") {
    if (rest.length === 0) throw new Misuse(`missing a value on flag: ${flag}`, word);
    return { name, value };
  }
  if (rest.length > 0 && value === "") throw new Misuse(`missing a value on flag: ${flag}`, word);
  const lower = value.toLowerCase();
  if (!["", "true", "false"].includes(lower))
    throw new Misuse(`expecting boolean value for flag ${flag}, not: ${value}`, word);
  return { name, value: lower === "false" ? "false" : "true" };
}
