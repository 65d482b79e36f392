import type { Escape, Word } from "./node.ts";

export interface Split {
  readonly keyword: string;
  readonly flags: Word[];
  /** Without blanks around it. */
  readonly rest: Word;
}

/** Splits an instruction into keyword, flags and what follows them. `base`: the text's own offset. */
export function splitInstruction(text: string, token: Escape, base = 0): Split {
  const start = text.length - text.trimStart().length;
  const keyword = /^[^\t\v\f\r ]*/.exec(text.trim())?.[0] ?? "";
  const { flags, end } = readFlags(text, start + keyword.length, token, base);
  const rest = text.slice(end);
  const offset = base + end + rest.length - rest.trimStart().length;
  return { keyword, flags, rest: { text: rest.trim(), offset } };
}

/** Words that begin with `--`, up to the first that does not, or up to one that is `--`, which is dropped. */
function readFlags(text: string, from: number, token: Escape, base: number): { flags: Word[]; end: number } {
  const flags: Word[] = [];
  let at = from;
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++;
    if (!text.startsWith("--", at)) return { flags, end: at };
    const { value, end } = readFlag(text, at, token);
    if (value === "--") return { flags, end };
    flags.push({ text: value, offset: base + at });
    at = end;
  }
}

/** One flag; quotes go, and an escape character with them, also within single quotes. */
function readFlag(text: string, from: number, token: Escape): { value: string; end: number } {
  let value = "";
  let quote: string | undefined;
  let at = from;
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (quote === undefined && /\s/.test(character)) break;
    if (character === quote) quote = undefined;
    else if (quote === undefined && (character === "'" || character === '"')) quote = character;
    else if (character === token) value += text[++at] ?? "";
    else value += character;
  }
  return { value, end: at };
}
