import type { Escape } from "./node.ts";
import type { Position } from "./position.ts";

/** A line of the file, without its line end. */
export interface FileLine {
  readonly text: string;
  /** With its line end. */
  readonly raw: string;
}

/** Lines that their author continued, as one. */
export interface LogicalLine {
  readonly text: string;
  /** Index of the line after it. */
  readonly next: number;
  readonly start: Position;
  /** Lines in it that are empty, counted from 1; Docker warns of them. */
  readonly empty: readonly number[];
  locate(offset: number): Position;
}

export function fileLines(text: string): FileLine[] {
  const raw = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return raw.map((line) => ({ raw: line, text: trimEnd(line, "\r\n") }));
}

/** Without the characters at its end that are among these. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

export const isComment = (line: string): boolean => line.trimStart().startsWith("#");

interface Piece {
  readonly offset: number;
  readonly line: number;
  readonly character: number;
}

/**
 * Reads the line at an index and those that continue it: each but the last ends with one escape character, blanks after it allowed.
 * Comments and empty lines in between are skipped. (BuildKit, parser/parser.go)
 */
export function readLogicalLine(lines: readonly FileLine[], first: number, token: Escape): LogicalLine {
  const { text: whole } = lines[first]!;
  const indent = whole.length - whole.trimStart().length;
  const pieces: Piece[] = [{ offset: 0, line: first + 1, character: indent }];
  let { text, continued } = trimContinuation(whole.slice(indent), token);
  const empty: number[] = [];
  let next = first + 1;
  for (; continued && next < lines.length; next++) {
    const line = lines[next]!.text;
    if (isComment(line)) continue;
    if (line.trim() === "") {
      empty.push(next + 1);
      continue;
    }
    pieces.push({ offset: text.length, line: next + 1, character: 0 });
    const more = trimContinuation(line, token);
    text += more.text;
    continued = more.continued;
  }
  const locate = (offset: number): Position => {
    const piece = pieces.findLast((candidate) => candidate.offset <= offset) ?? pieces[0]!;
    return { line: piece.line, character: piece.character + offset - piece.offset };
  };
  return { text, next, start: locate(0), empty, locate };
}

/** An escape character at the end continues the line, but not when another stands before it. */
function trimContinuation(line: string, token: Escape): { text: string; continued: boolean } {
  const trimmed = trimEnd(line, " \t");
  if (!trimmed.endsWith(token) || trimmed.at(-2) === token) return { text: line, continued: false };
  return { text: trimmed.slice(0, -1), continued: true };
}
