import { ArgumentsError, readers } from "./arguments.ts";
import { escapeOf, readDirectives, wholeLine } from "./directives.ts";
import { DockerfileError, type Source, syntaxError } from "./error.ts";
import { heredocsOf, readHeredoc } from "./heredoc.ts";
import { type FileLine, fileLines, isComment, type LogicalLine, readLogicalLine } from "./logical-line.ts";
import type { Directive, Escape, Heredoc, Node, ParsedDockerfile, ParserWarning } from "./node.ts";
import type { Position, Range } from "./position.ts";
import { splitInstruction } from "./split.ts";

/**
 * Reads a Dockerfile into its instructions. A byte order mark and CRLF are understood. Throws DockerfileError for what is no
 * Dockerfile; unknown instructions are read, too, for `instructions/` to complain of.
 * (Dockerfile reference, "Format", "Parser directives", "Here-Documents"; moby/buildkit frontend/dockerfile/parser)
 */
export function parseDockerfile(source: Source): ParsedDockerfile {
  const lines = fileLines(source.text.replace(/^\uFEFF/, ""));
  const directives = readDirectives(
    lines.map(({ text }) => text),
    source,
  );
  return new Parser(source, lines, directives, escapeOf(directives, source)).parse();
}

class Parser {
  readonly #nodes: Node[] = [];
  readonly #warnings: ParserWarning[] = [];
  #comments: string[] = [];

  constructor(
    readonly source: Source,
    readonly lines: readonly FileLine[],
    readonly directives: readonly Directive[],
    readonly token: Escape,
  ) {}

  parse(): ParsedDockerfile {
    let index = this.directives.at(-1)?.range.end.line ?? 0;
    while (index < this.lines.length) {
      const { text } = this.lines[index]!;
      if (isComment(text)) this.#comment(text);
      index = isComment(text) || text.trim() === "" ? index + 1 : this.#instruction(index);
    }
    if (this.#nodes.length === 0) this.#empty();
    return { nodes: this.#nodes, directives: this.directives, escape: this.token, warnings: this.#warnings };
  }

  #empty(): never {
    const message = this.source.text === "" ? "the Dockerfile cannot be empty" : "file with no instructions";
    const last = Math.max(1, this.lines.length);
    throw new DockerfileError(message, this.source, wholeLine(last, this.lines[last - 1]?.text ?? ""));
  }

  /** An empty comment separates those above it from the instruction. */
  #comment(text: string): void {
    const comment = text.trim().slice(1).trim();
    if (comment === "") this.#comments = [];
    else this.#comments.push(comment);
  }

  /** Reads an instruction and its heredocs, and gives the index of the line after them. */
  #instruction(first: number): number {
    const line = readLogicalLine(this.lines, first, this.token);
    for (const empty of line.empty)
      this.#warnings.push({
        kind: "empty-continuation",
        range: wholeLine(empty, this.lines[empty - 1]!.text),
      });
    const head = this.#range(line.start, line.next);
    const parts = this.#node(line.text, 0, line, head);
    const { heredocs, next } = this.#heredocs(parts, line, head);
    const range = this.#range(line.start, next);
    const trigger = parts.trigger && { ...parts.trigger, heredocs, range };
    this.#nodes.push({ ...parts, comments: this.#comments, heredocs, range, ...(trigger && { trigger }) });
    this.#comments = [];
    return next;
  }

  /** From a place to the end of the line before an index. */
  #range(start: Position, next: number): Range {
    return { start, end: { line: next, character: this.lines[next - 1]?.text.length ?? 0 } };
  }

  #node(text: string, base: number, line: LogicalLine, range: Range): Node {
    const { keyword, flags, rest } = splitInstruction(text, this.token, base);
    const common = {
      keyword,
      flags,
      text,
      range,
      heredocs: [],
      comments: [],
      args: [],
      pairs: [],
      json: false,
    };
    const node = { ...common, locate: (offset: number): Position => line.locate(offset) };
    const name = keyword.toLowerCase();
    if (name === "onbuild")
      return rest.text === "" ? node : { ...node, trigger: this.#node(rest.text, rest.offset, line, range) };
    try {
      return { ...node, ...readers[name]?.(rest, this.token) };
    } catch (error) {
      if (!(error instanceof ArgumentsError)) throw error;
      throw syntaxError(error.message, this.source, range);
    }
  }

  #heredocs(node: Node, line: LogicalLine, range: Range): { heredocs: Heredoc[]; next: number } {
    const heredocs: Heredoc[] = [];
    let next = line.next;
    for (const announced of takesHeredocs(node.trigger ?? node) ? heredocsOf(line.text) : []) {
      const read = readHeredoc(announced, this.lines, next);
      if (read === undefined) throw syntaxError("unterminated heredoc", this.source, range);
      heredocs.push(read.heredoc);
      next = read.next;
    }
    return { heredocs, next };
  }
}

function takesHeredocs({ keyword, json, text }: Node): boolean {
  return !json && text.includes("<<") && ["add", "copy", "run"].includes(keyword.toLowerCase());
}
