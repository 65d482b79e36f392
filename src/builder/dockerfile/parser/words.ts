import type { Escape, Word } from "./node.ts";

/**
 * Splits at blanks that are neither quoted nor escaped. Quotes and escape characters stay: they are for the expansion to take away.
 * A last escape character that escapes nothing goes.
 */
export function splitWords({ text, offset }: Word, token: Escape): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const { word, end } = readWord(text, at, token);
    if (word !== "") words.push({ text: word, offset: offset + at });
    at = end;
  }
  return words;
}

function readWord(text: string, from: number, token: Escape): { word: string; end: number } {
  let word = "";
  let quote: string | undefined;
  let at = from;
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (quote === undefined && /\s/.test(character)) break;
    if (character === token && quote !== "'") {
      if (at + 1 < text.length) word += character + text[++at]!;
      continue;
    }
    if (quote === undefined && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = undefined;
    word += character;
  }
  return { word, end: at };
}
