import { ExpansionError } from "./error.ts";

/** `#`: the shortest beginning that matches goes; `greedy`, `##`: the longest. */
export function trimPrefix(pattern: string, value: string, greedy: boolean): string {
  const match = new RegExp(`^${expression(pattern, greedy, pattern)}`, "su").exec(value);
  return match === null ? value : value.slice(match[0].length);
}

/** `%`: the shortest end that matches goes; `greedy`, `%%`: the longest. */
export function trimSuffix(pattern: string, value: string, greedy: boolean): string {
  const mirrored = new RegExp(`^${expression(mirror(pattern), greedy, pattern)}`, "su").exec(
    [...value].reverse().join(""),
  );
  return mirrored === null ? value : value.slice(0, value.length - mirrored[0].length);
}

/** `/`: the first match, or with `all`, `//`, each is replaced. The longest match counts; the replacement is taken as it is. */
export function replace(pattern: string, value: string, replacement: string, all: boolean): string {
  return value.replace(new RegExp(expression(pattern, true, pattern), all ? "gsu" : "su"), () => replacement);
}

/** A shell's pattern as a regular expression: `*`, `?`, and `\` before these and itself; `\}` and `\/` are `}` and `/`. */
function expression(pattern: string, greedy: boolean, written: string): string {
  const characters = [...pattern];
  let text = "";
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    const next = characters[at + 1];
    if (character === "*") text += greedy ? ".*" : ".*?";
    else if (character === "?") text += ".";
    else if (character !== "\\") text += literal(character);
    else if (next === "}" || next === "/") continue;
    else if (next === "*" || next === "?" || next === "\\") text += literal(characters[++at]!);
    else
      throw new ExpansionError(
        `invalid pattern (${written}) in substitution: invalid escape '\\${next ?? ""}'`,
      );
  }
  return text;
}

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");

/** The pattern from its end to its beginning, with escape characters before what they escape. */
function mirror(pattern: string): string {
  return (pattern.match(/\\.|./gsu) ?? []).reverse().join("");
}
