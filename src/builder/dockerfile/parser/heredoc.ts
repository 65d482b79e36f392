import { Lexer, noVariables } from "../expand/index.ts";
import type { FileLine } from "./logical-line.ts";
import type { Heredoc } from "./node.ts";

const form = /^(\d*)<<(-?)\s*([^<]*)$/;

/** `3<<-"NAME"` as a heredoc without its content; undefined for any other word. */
export function parseHeredoc(word: string): Heredoc | undefined {
  const match = form.exec(word);
  const [, descriptor = "", dash, rest = ""] = match ?? [];
  if (match === null || rest === "") return undefined;
  const plain = new Lexer("\\", { keepUnset: true }).words(rest, noVariables);
  const [name] = plain;
  if (plain.length !== 1 || name === undefined) return undefined;
  const quoted = new Lexer("\\", { keepUnset: true, keepQuotes: true }).words(rest, noVariables)[0] ?? "";
  return {
    name,
    expand: quotesIn(name) === quotesIn(quoted),
    chomp: dash === "-",
    descriptor: Number(descriptor),
    content: "",
  };
}

const quotesIn = (text: string): number => text.split(/['"]/).length - 1;

/** The heredocs that an instruction announces, in order. */
export function heredocsOf(text: string): Heredoc[] {
  const lexer = new Lexer("\\", { keepUnset: true, keepQuotes: true, keepEscapes: true });
  let words: string[];
  try {
    words = lexer.words(text, noVariables);
  } catch {
    // The quotes of a shell's command are the shell's affair.
    return [];
  }
  return words.flatMap((word) => parseHeredoc(word) ?? []);
}

/** The lines up to the terminator; undefined when there is none. */
export function readHeredoc(
  heredoc: Heredoc,
  lines: readonly FileLine[],
  from: number,
): { heredoc: Heredoc; next: number } | undefined {
  let content = "";
  for (let index = from; index < lines.length; index++) {
    const { text, raw } = lines[index]!;
    const candidate = heredoc.chomp ? text.replace(/^\t+/, "") : text;
    if (candidate === heredoc.name) return { heredoc: { ...heredoc, content }, next: index + 1 };
    content += raw;
  }
  return undefined;
}

/** Without the leading tabs of its lines. */
export const chompHeredoc = (content: string): string => content.replace(/^\t+/gm, "");
