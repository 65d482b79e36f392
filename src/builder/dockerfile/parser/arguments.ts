import type { Escape, Pair, Word } from "./node.ts";
import { splitWords } from "./words.ts";

/** What stands behind an instruction's flags. */
export interface Arguments {
  readonly args?: readonly Word[];
  readonly pairs?: readonly Pair[];
  readonly json?: boolean;
}

/** A message for the instruction as a whole. */
export class ArgumentsError extends Error {}

type Reader = (rest: Word, token: Escape) => Arguments;

/** How each instruction has its arguments; one that is not known has none. ONBUILD has an instruction instead. */
export const readers: Readonly<Record<string, Reader>> = {
  add: jsonOrWords,
  arg: (rest, token) => ({ args: splitWords(rest, token) }),
  cmd: jsonOrText,
  copy: jsonOrWords,
  entrypoint: jsonOrText,
  env: (rest, token) => ({ pairs: pairs(rest, token, "ENV") }),
  expose: blankSeparated,
  from: blankSeparated,
  healthcheck,
  label: (rest, token) => ({ pairs: pairs(rest, token, "LABEL") }),
  maintainer: asIs,
  run: jsonOrText,
  shell: jsonOrText,
  stopsignal: asIs,
  user: asIs,
  volume: jsonOrWords,
  workdir: asIs,
};

function asIs(rest: Word): Arguments {
  return { args: rest.text === "" ? [] : [rest] };
}

function blankSeparated({ text, offset }: Word): Arguments {
  const args = [...text.matchAll(/[^\t\v\f\r ]+/g)].map((match) => ({
    text: match[0],
    offset: offset + match.index,
  }));
  return { args };
}

/** An array of strings, or undefined for what is no JSON array. Docker takes broken JSON for a shell's words. */
function jsonArray({ text, offset }: Word): Arguments | undefined {
  if (!text.startsWith("[")) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return undefined;
  }
  const args = (values as unknown[]).map((value) => {
    if (typeof value === "string") return { text: value, offset };
    throw new ArgumentsError("when using JSON array syntax, arrays must be comprised of strings only");
  });
  return { args, json: true };
}

function jsonOrText(rest: Word): Arguments {
  return jsonArray(rest) ?? asIs(rest);
}

function jsonOrWords(rest: Word): Arguments {
  return jsonArray(rest) ?? blankSeparated(rest);
}

/** `CMD` or `NONE`, then a command. */
function healthcheck(rest: Word): Arguments {
  const kind = /^\S*/.exec(rest.text)?.[0] ?? "";
  if (kind === "") return { args: [] };
  const blanks = /^\s*/.exec(rest.text.slice(kind.length))?.[0].length ?? 0;
  const from = kind.length + blanks;
  const command = jsonOrText({ text: rest.text.slice(from), offset: rest.offset + from });
  const args = [{ text: kind, offset: rest.offset }, ...(command.args ?? [])];
  return { args, ...(command.json === true ? { json: true } : {}) };
}

/** `name=value …`; or, when the first word has no `=`, `name value` with the value up to the end of the line. */
function pairs(rest: Word, token: Escape, instruction: string): Pair[] {
  const words = splitWords(rest, token);
  if (words[0] === undefined) return [];
  if (!words[0].text.includes("=")) return [oldPair(rest, instruction)];
  return words.map(({ text, offset }) => {
    const equals = text.indexOf("=");
    if (equals < 0)
      throw new ArgumentsError(
        `Syntax error - can't find = in ${JSON.stringify(text)}. Must be of the form: name=value`,
      );
    return { key: text.slice(0, equals), value: text.slice(equals + 1), delimiter: true, offset };
  });
}

function oldPair({ text, offset }: Word, instruction: string): Pair {
  const match = /^([^\t\v\f\r ]*)[\t\v\f\r ]+(.*)$/s.exec(text);
  if (match === null) throw new ArgumentsError(`${instruction} must have two arguments`);
  return { key: match[1]!, value: match[2]!, delimiter: false, offset };
}
