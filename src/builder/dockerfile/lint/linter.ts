import { invalid } from "../../../errors/index.ts";
import type { Range } from "../parser/index.ts";
import { type CheckOptions, checkOptionsOfComments } from "./options.ts";
import type { Rule } from "./rule.ts";

/** A rule that is broken somewhere. */
export interface Finding {
  readonly rule: Rule;
  readonly message: string;
  readonly range: Range;
}

/** Where something is that a rule may be broken by; comments before it can skip rules. */
export interface Place {
  readonly range: Range;
  readonly comments: readonly string[];
}

/** Gathers findings; those of rules that are skipped, and those that are known, are dropped. */
export class Linter {
  readonly #findings = new Map<string, Finding>();

  constructor(readonly options: CheckOptions) {}

  report(rule: Rule, { range, comments }: Place, message: string): void {
    const local = checkOptionsOfComments(comments);
    const named = (names: readonly string[]): boolean => names.includes("all") || names.includes(rule.name);
    const wanted =
      rule.experimental === true
        ? named(this.options.experimental) || named(local.experimental)
        : !named(this.options.skip) && !named(local.skip);
    const key = `${rule.name} ${range.start.line}:${range.start.character} ${message}`;
    if (wanted) this.#findings.set(key, { rule, message, range });
  }

  /** In the order of the file. */
  get findings(): Finding[] {
    return [...this.#findings.values()].sort((a, b) => a.range.start.line - b.range.start.line);
  }

  /** Throws `invalid` when there are findings that are to be errors. */
  check(): void {
    const names = new Set(this.findings.map(({ rule }) => rule.name));
    if (!this.options.error || names.size === 0) return;
    throw invalid(`lint violation found for rules: ${[...names].join(", ")}`);
  }
}
