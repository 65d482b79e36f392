import { lstatSync, readdirSync, statSync } from "node:fs";
import { decodeName, fsPath } from "../../archive/index.ts";
import { errnoOf, invalid } from "../../errors/index.ts";

/** More files than a pattern of a person's matches. */
const maxMatches = 100_000;

/** Whether a path can be a pattern: `*`, `?` and `[…]` as in a shell. */
export const isPattern = (path: string): boolean => /[*?[]/.test(path);

/**
 * The paths that a pattern matches, in the order of their names, as glob(7) has it: wildcards match neither a slash
 * nor a dot at a name's beginning. In this process's root directory.
 */
export function matchesOf(path: string): string[] {
  let found = [""];
  for (const part of path.split("/").filter((each) => each !== "")) {
    found = isPattern(part)
      ? found.flatMap((base) => matching(base, part))
      : found.map((base) => `${base}/${part}`).filter(exists);
    if (found.length > maxMatches) throw invalid(`${path} matches more than ${maxMatches} files`);
  }
  return path.endsWith("/") ? found.filter(isDirectory) : found;
}

function matching(base: string, part: string): string[] {
  const expression = expressionOf(part);
  const hidden = part.startsWith(".");
  return namesIn(base === "" ? "/" : base)
    .filter((name) => (hidden || !name.startsWith(".")) && expression.test(name))
    .map((name) => `${base}/${name}`);
}

function namesIn(directory: string): string[] {
  try {
    const names = readdirSync(fsPath(directory), { encoding: "buffer" });
    return names.sort(Buffer.compare).map(decodeName);
  } catch (error) {
    if (errnoOf(error) !== "ENOTDIR" && errnoOf(error) !== "ENOENT") throw error;
    return [];
  }
}

/** `[!a-z]` and `[^a-z]` are what is not there; a backslash takes the next character's meaning away. */
function expressionOf(part: string): RegExp {
  let source = "";
  for (let at = 0; at < part.length; at++) {
    const character = part[at] as string;
    const close = character === "[" ? part.indexOf("]", at + (/[!^]/.test(part[at + 1] ?? "") ? 3 : 2)) : -1;
    if (close > 0) {
      source += `[${part
        .slice(at + 1, close)
        .replace(/^[!^]/, "^")
        .replace(/[\\[\]]/g, "\\$&")}]`;
      at = close;
    } else if (character === "*") source += ".*";
    else if (character === "?") source += ".";
    else source += (character === "\\" ? (part[++at] ?? "\\") : character).replace(/[^\w\s]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    throw invalid(`${part} is no pattern: a range in [] is the wrong way round`);
  }
}

function exists(path: string): boolean {
  try {
    return lstatSync(fsPath(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errnoOf(error) !== "ENOTDIR") throw error;
    return false;
  }
}

const isDirectory = (path: string): boolean =>
  statSync(fsPath(path), { throwIfNoEntry: false })?.isDirectory() === true;
