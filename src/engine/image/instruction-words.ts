import { invalid } from "../../errors/index.ts";

/** Words of a Dockerfile instruction: quotes and backslashes keep blanks together, and are taken away. */
export function parseWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/gs;
  for (const [word] of text.matchAll(pattern)) words.push(unquote(word));
  return words;
}

/** `name=value` as often as one likes, or the old form `name value`. */
export function parsePairs(text: string, instruction: string): [name: string, value: string][] {
  const words = parseWords(text);
  if (words[0]?.includes("=")) {
    return words.map((word) => {
      const at = word.indexOf("=");
      if (at <= 0) throw invalid(`Syntax error - can't find = in "${word}". Must be of the form: name=value`);
      return [word.slice(0, at), word.slice(at + 1)];
    });
  }
  const [, name, value] = /^(\S+)\s+(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw invalid(`${instruction} must have two arguments`);
  return [[name, unquote(value)]];
}

function unquote(word: string): string {
  return word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs, (_, double, single, escaped) => {
    if (double !== undefined) return String(double).replace(/\\(["\\$])/g, "$1");
    return String(single ?? escaped);
  });
}
