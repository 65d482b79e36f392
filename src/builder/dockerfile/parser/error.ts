import { type ErrorKind, SlipwayError } from "../../../errors/index.ts";
import { trimEnd } from "./logical-line.ts";
import type { Range } from "./position.ts";

/** A Dockerfile as its author knows it. */
export interface Source {
  readonly filename: string;
  readonly text: string;
}

/** Something is wrong at a place of a Dockerfile. `excerpt` shows the place. */
export class DockerfileError extends SlipwayError {
  constructor(
    message: string,
    readonly source: Source,
    readonly range: Range,
    kind: ErrorKind = "invalid",
    cause?: unknown,
  ) {
    super(kind, message, cause === undefined ? {} : { cause });
  }

  /** The lines around the place, in BuildKit's form, with a caret where it begins. */
  get excerpt(): string {
    return excerpt(this.source, this.range);
  }
}

const around = 2;

/** An error of the grammar, in BuildKit's words. */
export function syntaxError(message: string, source: Source, range: Range): DockerfileError {
  return new DockerfileError(`dockerfile parse error on line ${range.start.line}: ${message}`, source, range);
}

/**
 *     Dockerfile:3
 *     --------------------
 *        1 |     FROM debian
 *        2 |
 *        3 | >>> RUNN make
 *          |     ^
 *     --------------------
 */
export function excerpt({ filename, text }: Source, { start, end }: Range): string {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line) => trimEnd(line, "\r"));
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const shown: string[] = [];
  if (lines.at(-1) === "") lines.pop();
  const to = Math.min(lines.length, last + around);
  for (let line = Math.max(1, start.line - around); line <= to; line++) {
    const content = lines[line - 1] ?? "";
    const marked = line >= start.line && line <= last;
    shown.push(`${String(line).padStart(4)} | ${marked ? ">>>" : "   "} ${content}`.trimEnd());
    if (line === start.line && last === start.line)
      shown.push(`     |     ${underline(content, start.character, end.character)}`);
  }
  const rule = "-".repeat(20);
  return [`${filename}:${start.line}`, rule, ...shown, rule].join("\n");
}

/** Tabs stay tabs, so that the caret stands where a terminal has the character. */
function underline(line: string, from: number, to: number): string {
  const indent = line.slice(0, from).replace(/[^\t]/g, " ");
  return indent + "^".repeat(Math.max(1, Math.min(to, line.length) - from));
}
