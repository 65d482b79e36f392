import type { Cursor } from "./cursor.ts";
import { ExpansionError } from "./error.ts";
import { replace, trimPrefix, trimSuffix } from "./pattern.ts";

/** The reading of a text in which a `$` comes next. */
export interface Reading {
  readonly cursor: Cursor;
  /** References to what is not set stay as they are written. */
  readonly keepUnset: boolean;
  value(name: string): string | undefined;
  /** Expands up to a character, which is taken. */
  until(stop: string, keepEscapes: boolean): { text: string };
}

/** A `$` and what belongs to it. A `$` before what is no name is itself. */
export function expandDollar(run: Reading): string {
  const { cursor } = run;
  cursor.take();
  if (cursor.peek === "{") return braced(run);
  const name = takeName(run);
  return name === "" ? "$" : (run.value(name) ?? (run.keepUnset ? `$${name}` : ""));
}

/** A name; or digits; or one of the shell's special parameters. (POSIX, XCU 2.5) */
function takeName({ cursor }: Reading): string {
  const first = cursor.peek ?? "";
  if (/\p{Nd}/u.test(first)) return cursor.takeWhile((character) => /\p{Nd}/u.test(character));
  if (/[@*#?\-$!]/.test(first)) return cursor.take() ?? "";
  return cursor.takeWhile((character) => /[\p{L}\p{Nd}_]/u.test(character));
}

function braced(run: Reading): string {
  const { cursor } = run;
  cursor.take();
  if (cursor.peek === undefined) throw new ExpansionError("syntax error: missing '}'");
  if ("{}:".includes(cursor.peek)) throw new ExpansionError("syntax error: bad substitution");
  const name = takeName(run);
  const operator = cursor.take();
  if (operator === "}") return run.value(name) ?? (run.keepUnset ? `\${${name}}` : "");
  if (operator === "/") return substitution(run, name);
  const colon = operator === ":";
  const modifier = (colon ? cursor.take() : operator) ?? "";
  const written = (colon ? ":" : "") + modifier;
  const known = (colon ? ["-", "+", "?"] : ["-", "+", "?", "#", "%"]).includes(modifier);
  if (!known) throw new ExpansionError(`unsupported modifier (${written}) in substitution`);
  const word = upTo(run, "}", modifier === "#" || modifier === "%", "syntax error: missing '}'");
  const value = run.value(name);
  if (value === undefined && run.keepUnset) return `\${${name}${written}${word}}`;
  return modified({ name, value, modifier, word, colon });
}

interface Modification {
  readonly name: string;
  readonly value: string | undefined;
  readonly modifier: string;
  readonly word: string;
  /** Empty counts as not set. */
  readonly colon: boolean;
}

function modified({ name, value, modifier, word, colon }: Modification): string {
  const missing = value === undefined || (colon && value === "");
  if (modifier === "-") return missing ? word : value;
  if (modifier === "+") return missing ? "" : word;
  if (modifier === "?") {
    if (!missing) return value;
    const what = value === undefined ? "unset" : "empty";
    throw new ExpansionError(`${name}: ${word === "" ? `is not allowed to be ${what}` : word}`);
  }
  const greedy = word.startsWith(modifier);
  const pattern = greedy ? word.slice(1) : word;
  return modifier === "#"
    ? trimPrefix(pattern, value ?? "", greedy)
    : trimSuffix(pattern, value ?? "", greedy);
}

/** `${name/pattern/replacement}`, `${name//pattern/replacement}`. */
function substitution(run: Reading, name: string): string {
  const all = run.cursor.peek === "/";
  if (all) run.cursor.take();
  const pattern = upTo(run, "/", true, "syntax error: missing '/' in $" + "{}");
  const replacement = upTo(run, "}", true, "syntax error: missing '}'");
  const value = run.value(name);
  if (value === undefined && run.keepUnset) return `\${${name}/${pattern}/${replacement}}`;
  return replace(pattern, value ?? "", replacement, all);
}

function upTo(run: Reading, stop: string, keepEscapes: boolean, missing: string): string {
  try {
    return run.until(stop, keepEscapes).text;
  } catch (error) {
    if (error instanceof ExpansionError && run.cursor.peek === undefined) throw new ExpansionError(missing);
    throw error;
  }
}
