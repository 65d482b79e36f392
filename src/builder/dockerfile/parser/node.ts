import type { Escape } from "../expand/index.ts";
import type { Position, Range } from "./position.ts";

export type { Escape };

/** A part of an instruction, as it is written. `offset`: where it begins in the instruction's text. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

/** `name=value` of ENV and LABEL; `delimiter`: there is a `=`, and not a blank as in the old form. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly delimiter: boolean;
  readonly offset: number;
}

/** The document that follows an instruction for each `<<NAME` in it. */
export interface Heredoc {
  readonly name: string;
  /** No part of the name was quoted: variables in the content count. */
  readonly expand: boolean;
  /** `<<-`: leading tabs do not count. */
  readonly chomp: boolean;
  /** The digits before `<<`, or 0. */
  readonly descriptor: number;
  /** Whole lines, as they are in the file. */
  readonly content: string;
}

/** An instruction as it is written; what it means is a matter of `instructions/`. */
export interface Node {
  /** `RUN`, `run`, or whatever stands there. */
  readonly keyword: string;
  /** `--name=value`, without quotes and escapes. */
  readonly flags: readonly Word[];
  readonly args: readonly Word[];
  /** Of ENV and LABEL, which have no args. */
  readonly pairs: readonly Pair[];
  /** The arguments are a JSON array. */
  readonly json: boolean;
  /** The instruction in one line: continued lines joined, comments left out. */
  readonly text: string;
  readonly heredocs: readonly Heredoc[];
  /** The comments right before it, without their `#`. */
  readonly comments: readonly string[];
  /** From its keyword to the end of its last line, heredocs and their terminators included. */
  readonly range: Range;
  /** What ONBUILD has in it. */
  readonly trigger?: Node;
  /** Where a character of `text` is in the file. */
  locate(offset: number): Position;
}

/** `# name=value` at the top of the file. */
export interface Directive {
  readonly name: "syntax" | "escape" | "check";
  readonly value: string;
  readonly range: Range;
}

/** Something that works, but not as its author may think. */
export interface ParserWarning {
  readonly kind: "empty-continuation";
  readonly range: Range;
}

export interface ParsedDockerfile {
  readonly nodes: readonly Node[];
  readonly directives: readonly Directive[];
  readonly escape: Escape;
  readonly warnings: readonly ParserWarning[];
}
