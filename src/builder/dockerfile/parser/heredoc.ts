import { ExpansionError, Lexer, type LexerOptions, noVariables } from "../expand/index.ts";
import type { FileLine } from "./logical-line.ts";
import type { Heredoc } from "./node.ts";

const form = /^(\d*)<<(-?)\s*([^<]*)$/;

/** `3<<-"NAME"` as a heredoc without its content; undefined for any other word. */
export function parseHeredoc(word: string): Heredoc | undefined {
  const match = form.exec(word);
  const [, descriptor = "", dash, rest = ""] = match ?? [];
  if (match === null || rest === "") return undefined;
  const plain = wordsOf(rest, { keepUnset: true });
  const [name] = plain;
  if (plain.length !== 1 || name === undefined) return undefined;
  const quoted = wordsOf(rest, { keepUnset: true, keepQuotes: true })[0] ?? "";
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
  const words = wordsOf(text, { keepUnset: true, keepQuotes: true, keepEscapes: true });
  return words.flatMap((word) => parseHeredoc(word) ?? []);
}

/** None where quotes do not match: those of a shell's command are the shell's affair. */
function wordsOf(text: string, options: LexerOptions): string[] {
  try {
    return new Lexer("\\", options).words(text, noVariables);
  } catch (error) {
    if (error instanceof ExpansionError) return [];
    throw error;
  }
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
