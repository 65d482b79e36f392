import { cleanPath } from "../../../archive/index.ts";
import { invalid } from "../../../errors/index.ts";
import { compileGlob, reachesBelow } from "./glob.ts";

/** A line of the ignore file. */
export interface IgnoreRule {
  /** Without its `!`. */
  readonly pattern: string;
  /** It began with `!`: what it matches is there. */
  readonly exception: boolean;
}

type Test = readonly [index: number, matches: (path: string, depth: number) => boolean];

/**
 * Patterns of a `.dockerignore`, compiled. The last that matches a path, or a directory above it, decides; none: the path is there.
 * Paths are relative to the context's root, with slashes, without a leading one: `src/main.c`. Asking entry by entry,
 * directory by directory, is fast: what is known of the parent is not computed again.
 *
 *     const matcher = new IgnoreMatcher(readIgnoreFile("node_modules\n*.log\n!keep.log"));
 *     matcher.excludes("node_modules", true);   // true: no need to go in
 *     matcher.excludes("keep.log");             // false
 *     matcher.rule("node_modules/a/b.js");      // { pattern: "node_modules", exception: false }
 */
export class IgnoreMatcher {
  readonly rules: readonly IgnoreRule[];
  /** Highest index of the rules that are one path, or one name. */
  readonly #paths = new Map<string, number>();
  readonly #names = new Map<string, number>();
  /** The others, highest index first. */
  readonly #tests: Test[] = [];
  readonly #exceptions: readonly number[];
  #parent = "";
  #parentDecision = -1;
  /** How many names paths in that parent have. */
  #depth = 1;

  /** Throws `invalid` for a malformed pattern. */
  constructor(patterns: readonly string[]) {
    this.rules = patterns
      .map((pattern) => pattern.trim())
      .filter((pattern) => pattern !== "")
      .map(readRule);
    for (const [index, { pattern }] of this.rules.entries()) this.#add(index, pattern);
    this.#exceptions = this.rules.flatMap(({ exception }, index) => (exception ? [index] : []));
  }

  /**
   * Whether a path is left out. Of a directory: whether it is with all that is in it, so that nobody needs to look inside. A directory that
   * this denies although `rule` says that it is left out has exceptions below; it is there if one of them is.
   */
  excludes(path: string, isDirectory = false): boolean {
    const decision = this.#decide(path);
    if (decision < 0 || this.rules[decision]!.exception) return false;
    return !isDirectory || !this.#exceptions.some((index) => index > decision && this.#below(index, path));
  }

  /** The rule that decided about a path; undefined: none speaks of it. */
  rule(path: string): IgnoreRule | undefined {
    return this.rules[this.#decide(path)];
  }

  #below(index: number, directory: string): boolean {
    return reachesBelow(this.rules[index]!.pattern, directory);
  }

  #add(index: number, pattern: string): void {
    const glob = compileGlob(pattern);
    if (glob.kind === "exact") this.#paths.set(glob.path, index);
    else if (glob.kind === "name") this.#names.set(glob.name, index);
    else if (glob.kind === "prefix") this.#tests.unshift([index, (path) => path.startsWith(glob.prefix)]);
    else if (glob.kind === "suffix") this.#tests.unshift([index, (path) => path.endsWith(glob.suffix)]);
    else {
      const { expression, depth } = glob;
      const test = (path: string, names: number): boolean =>
        (depth === undefined || depth === names) && expression.test(path);
      this.#tests.unshift([index, test]);
    }
  }

  /** The highest index that matches the path or one above it; -1 for none. */
  #decide(path: string): number {
    if (path === "" || path === ".") return -1;
    const slash = path.lastIndexOf("/");
    const parent = slash < 0 ? "" : path.slice(0, slash);
    if (parent !== this.#parent) {
      const decision = this.#decide(parent);
      this.#parent = parent;
      this.#parentDecision = decision;
      this.#depth = parent === "" ? 1 : parent.split("/").length + 1;
    }
    const above = parent === "" ? -1 : this.#parentDecision;
    const exact = this.#paths.get(path) ?? -1;
    const named = this.#names.get(path.slice(slash + 1)) ?? -1;
    return this.#test(path, Math.max(above, exact, named));
  }

  #test(path: string, known: number): number {
    for (const [index, matches] of this.#tests) {
      if (index <= known) return known;
      if (matches(path, this.#depth)) return index;
    }
    return known;
  }
}

function readRule(text: string): IgnoreRule {
  const exception = text.startsWith("!");
  const pattern = exception ? text.slice(1) : text;
  if (pattern === "") throw invalid(`illegal exclusion pattern: "!"`);
  return { pattern: cleanPath(pattern), exception };
}
