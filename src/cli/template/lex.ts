import { templateError } from "./error.ts";

export type Token =
  | { kind: "text"; text: string; at: number }
  | { kind: "open" | "close" | "end"; text: string; at: number }
  | {
      kind: "word" | "field" | "variable" | "string" | "number" | "mark" | "space";
      text: string;
      at: number;
    };

/** Words, strings and marks within `{{ }}`; a field directly behind something belongs to it. */
const pattern =
  /(?<space>[ \t\r\n]+)|(?<field>\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|(?<variable>\$\w*)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')|(?<number>[+-]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+))|(?<word>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|(?<mark>:=|[|(),=.])/y;

/** Takes a template's text apart; trim markers and comments are done away with here. */
export function lex(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  const text = (end: number, trimEnd: boolean) => {
    let piece = source.slice(at, end);
    if (trimNext) piece = piece.replace(/^[ \t\r\n]+/, "");
    if (trimEnd) piece = piece.replace(/[ \t\r\n]+$/, "");
    if (piece !== "") tokens.push({ kind: "text", text: piece, at });
    trimNext = false;
  };
  for (;;) {
    const open = source.indexOf("{{", at);
    if (open < 0) break;
    const trims = /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4));
    text(open, trims);
    const start = open + (trims ? 3 : 2);
    const comment = /^[ \t\r\n]*\/\*/.test(source.slice(start)) ? commentEnd(source, start) : undefined;
    if (comment !== undefined) {
      at = comment.at;
      trimNext = comment.trims;
      continue;
    }
    tokens.push({ kind: "open", text: "{{", at: open });
    const end = action(source, start, tokens);
    at = end.at;
    trimNext = end.trims;
  }
  text(source.length, false);
  tokens.push({ kind: "end", text: "", at: source.length });
  return tokens;
}

function commentEnd(source: string, start: number): { at: number; trims: boolean } {
  const end = source.indexOf("*/", start);
  if (end < 0) throw templateError(source, start, "unclosed comment");
  const close = /^(\s+-)?\}\}/.exec(source.slice(end + 2));
  if (close === null) throw templateError(source, start, "comment ends before closing delimiter");
  return { at: end + 2 + close[0].length, trims: close[1] !== undefined };
}

function action(source: string, start: number, tokens: Token[]): { at: number; trims: boolean } {
  let at = start;
  for (;;) {
    if (/^[ \t\r\n]-\}\}/.test(source.slice(at, at + 4))) {
      tokens.push({ kind: "close", text: "}}", at });
      return { at: at + 4, trims: true };
    }
    if (source.startsWith("}}", at)) {
      tokens.push({ kind: "close", text: "}}", at });
      return { at: at + 2, trims: false };
    }
    if (at >= source.length) throw templateError(source, start, "unclosed action");
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match === null) throw unexpected(source, at);
    const [kind, piece] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)!;
    tokens.push({ kind: kind as "word", text: piece!, at });
    at += piece!.length;
    // Several blanks before a trim marker are one token: leave it the last one.
    if (kind === "space" && source.startsWith("-}}", at)) {
      tokens.push({ kind: "close", text: "}}", at });
      return { at: at + 3, trims: true };
    }
  }
}

function unexpected(source: string, at: number): Error {
  const character = source[at]!;
  if (character === '"') return templateError(source, at, "unterminated quoted string");
  if (character === "`") return templateError(source, at, "unterminated raw quoted string");
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return templateError(source, at, `unrecognized character in action: U+${code} '${character}'`);
}
