import { type Source, syntaxError } from "./error.ts";
import type { Directive, Escape } from "./node.ts";
import type { Range } from "./position.ts";

const form = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/;

/**
 * The directives of a file's first lines: comments of the form `# name=value` with a known name, none twice. The first line that
 * is none ends them. A `#!` line before them is skipped. Lines are without their line ends. (BuildKit, parser/directives.go)
 */
export function readDirectives(lines: readonly string[], source: Source): Directive[] {
  const directives: Directive[] = [];
  const first = lines[0]?.startsWith("#!") === true ? 1 : 0;
  for (let index = first; index < lines.length; index++) {
    const line = lines[index]!;
    const match = form.exec(line.trimStart());
    const name = match?.[1]?.toLowerCase();
    if (name !== "syntax" && name !== "escape" && name !== "check") break;
    const range = wholeLine(index + 1, line);
    if (directives.some((directive) => directive.name === name))
      throw syntaxError(`only one ${name} parser directive can be used`, source, range);
    directives.push({ name, value: match?.[2]?.trimEnd() ?? "", range });
  }
  return directives;
}

/** The character that escapes and continues lines: a backslash unless a directive says otherwise. */
export function escapeOf(directives: readonly Directive[], source: Source): Escape {
  const directive = directives.find(({ name }) => name === "escape");
  if (directive === undefined) return "\\";
  const { value, range } = directive;
  if (value === "\\" || value === "`") return value;
  throw syntaxError(`invalid escape token '${value}' does not match \` or \\`, source, range);
}

export function wholeLine(line: number, text: string): Range {
  return { start: { line, character: 0 }, end: { line, character: text.length } };
}
