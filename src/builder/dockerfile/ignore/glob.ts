import { invalid } from "../../../errors/index.ts";

/** What a path must be to match; the first that applies is the fastest to ask. */
export type Glob =
  /** This path. */
  | { readonly kind: "exact"; readonly path: string }
  /** Anything with this name, at any depth. */
  | { readonly kind: "name"; readonly name: string }
  /** `dir/**`: whatever is below; with the slash. */
  | { readonly kind: "prefix"; readonly prefix: string }
  /** `**text`: whatever ends so. */
  | { readonly kind: "suffix"; readonly suffix: string }
  /** `depth`: how many names the path must have, where that is certain. */
  | { readonly kind: "expression"; readonly expression: RegExp; readonly depth: number | undefined };

const special = /[*?[\\]/;

/**
 * A pattern of Go's filepath.Match (`*`, `?`, `[a-z]`, `[^a]`, `\c`), with `**` for any number of directories, none included, as
 * moby/patternmatcher has it. Throws `invalid` for an unclosed class, an empty one, a range without an end and a last backslash.
 */
export function compileGlob(pattern: string): Glob {
  if (!special.test(pattern)) return { kind: "exact", path: pattern };
  const rest = pattern.slice(2);
  if (pattern.startsWith("**") && !special.test(rest)) {
    const name = rest.slice(1);
    if (rest.startsWith("/") && name !== "" && !name.includes("/")) return { kind: "name", name };
    if (!rest.startsWith("/")) return { kind: "suffix", suffix: rest };
  }
  const directory = pattern.slice(0, -2);
  if (pattern.endsWith("/**") && !special.test(directory)) return { kind: "prefix", prefix: directory };
  const depth = pattern.includes("**") ? undefined : pattern.split("/").length;
  return { kind: "expression", expression: new RegExp(`^${translate(pattern)}$`, "su"), depth };
}

/** Whether something strictly below a directory can match; true when in doubt. */
export function reachesBelow(pattern: string, directory: string): boolean {
  const parts = pattern.split("/");
  const above = directory.split("/");
  for (const [index, name] of above.entries()) {
    const part = parts[index];
    if (part === undefined) return false;
    if (part.includes("**")) return true;
    if (!new RegExp(`^${translate(part)}$`, "su").test(name)) return false;
  }
  return parts.length > above.length;
}

function translate(pattern: string): string {
  const characters = [...pattern];
  let expression = "";
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === "*" && characters[at + 1] === "*") {
      at += characters[at + 2] === "/" ? 2 : 1;
      expression += at + 1 >= characters.length ? ".*" : "(?:.*/)?";
    } else if (character === "*") expression += "[^/]*";
    else if (character === "?") expression += "[^/]";
    else if (character === "[") {
      const { text, end } = characterClass(pattern, characters, at);
      expression += text;
      at = end;
    } else if (character === "\\") expression += literal(characters[++at] ?? bad(pattern));
    else expression += literal(character);
  }
  return expression;
}

/** A class from its bracket to the one that closes it. */
function characterClass(pattern: string, characters: string[], start: number): { text: string; end: number } {
  let at = start + 1;
  const negated = characters[at] === "^";
  if (negated) at++;
  let text = "";
  while (characters[at] !== "]" || text === "") {
    const low = classMember(pattern, characters, at);
    at = low.end;
    if (characters[at] !== "-") {
      text += literal(low.character);
      continue;
    }
    const high = classMember(pattern, characters, at + 1);
    at = high.end;
    if (low.character > high.character) bad(pattern);
    text += `${literal(low.character)}-${literal(high.character)}`;
  }
  return { text: `[${negated ? "^" : ""}${text}]`, end: at };
}

function classMember(pattern: string, characters: string[], at: number): { character: string; end: number } {
  const character = characters[at];
  if (character === undefined || character === "-" || character === "]") return bad(pattern);
  if (character !== "\\") return { character, end: at + 1 };
  return { character: characters[at + 1] ?? bad(pattern), end: at + 2 };
}

const literal = (character: string): string =>
  character === "-" ? "\\x2d" : character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");

function bad(pattern: string): never {
  throw invalid(`syntax error in pattern '${pattern}' of the ignore file`);
}
