import { ExpansionError } from "./error.ts";
import { Effort, refuseLong } from "./limits.ts";

/** A part of a shell's pattern: any text, any character, or this one. */
type Part = "*" | "?" | { readonly character: string };

/** `#`: the shortest beginning that matches goes; `greedy`, `##`: the longest. */
export function trimPrefix(pattern: string, value: string, greedy: boolean): string {
  const characters = [...value];
  const end = matchEnd(partsOf(pattern), characters, 0, greedy, new Effort());
  return end === undefined ? value : characters.slice(end).join("");
}

/** `%`: the shortest end that matches goes; `greedy`, `%%`: the longest. */
export function trimSuffix(pattern: string, value: string, greedy: boolean): string {
  const mirrored = [...value].reverse();
  const end = matchEnd(partsOf(pattern).reverse(), mirrored, 0, greedy, new Effort());
  return end === undefined ? value : mirrored.slice(end).reverse().join("");
}

/** `/`: the first match, or with `all`, `//`, each is replaced. The longest match counts; the replacement is taken as it is. */
export function replace(pattern: string, value: string, replacement: string, all: boolean): string {
  const parts = partsOf(pattern);
  const characters = [...value];
  const effort = new Effort();
  let result = "";
  let at = 0;
  for (let last = -1; at <= characters.length; ) {
    const end = matchEnd(parts, characters, at, true, effort);
    // Nothing right after a match is no match of its own.
    if (end !== undefined && (end > at || at !== last)) {
      result += replacement;
      refuseLong(result.length);
      last = end;
      if (!all) return result + characters.slice(end).join("");
    }
    if (end === undefined || end === at) result += characters[at++] ?? "";
    else at = end;
  }
  return result;
}

/** `*`, `?`, and `\` before these and itself; `\}` and `\/` are `}` and `/`. */
function partsOf(pattern: string): Part[] {
  const characters = [...pattern];
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === "*" || character === "?") parts.push(character);
    else if (character !== "\\") parts.push({ character });
    else parts.push({ character: escapable(pattern, characters[++at]) });
  }
  return parts;
}

function escapable(pattern: string, character: string | undefined): string {
  if (character !== undefined && "*?\\}/".includes(character)) return character;
  const what = `invalid escape '\\${character ?? ""}'`;
  throw new ExpansionError(`invalid pattern (${pattern}) in substitution: ${what}`);
}

/**
 * Where the longest or the shortest match that begins at a place ends; undefined: there is none. All ways to match are followed
 * at once: the time grows with both lengths, and not beyond.
 */
function matchEnd(
  parts: readonly Part[],
  characters: readonly string[],
  from: number,
  longest: boolean,
  effort: Effort,
): number | undefined {
  let states = reached(parts, [0]);
  let found: number | undefined;
  for (let at = from; states.size > 0; at++) {
    effort.spend(states.size);
    if (states.has(parts.length)) found = at;
    const character = characters[at];
    if (character === undefined || (found !== undefined && !longest)) break;
    states = reached(parts, after(parts, states, character));
  }
  return found;
}

/** The parts that may come next, stars skipped as well as kept. */
function reached(parts: readonly Part[], states: readonly number[]): Set<number> {
  const all = new Set(states);
  for (const state of all) if (parts[state] === "*") all.add(state + 1);
  return all;
}

function after(parts: readonly Part[], states: ReadonlySet<number>, character: string): number[] {
  return [...states].flatMap((state) => {
    const part = parts[state];
    if (part === undefined) return [];
    if (part === "*") return [state];
    return part === "?" || part.character === character ? [state + 1] : [];
  });
}
