/**
 * Paths as `node:path`'s `posix` has them, for names that `decodeName` made: Bun's own functions turn names that are no UTF-8 (lone
 * surrogates here) into U+FFFD, and with that into other names.
 */
export const posix = { normalize, join, resolve, dirname, basename };

/** The shortest path that means the same, by its text alone, as Go's path.Clean: `a//b/./../c/` is `a/c`, nothing is `.`. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push("..");
  }
  return (rooted ? "/" : "") + kept.join("/") || ".";
}

/** The same, but a slash at the end stays. */
function normalize(path: string): string {
  const clean = cleanPath(path);
  return path.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

function join(...paths: string[]): string {
  return normalize(paths.filter((path) => path !== "").join("/"));
}

/** From the last absolute path on; the first must be absolute. */
function resolve(root: string, ...paths: string[]): string {
  const from = paths.findLastIndex((path) => path.startsWith("/"));
  return cleanPath((from < 0 ? [root, ...paths] : paths.slice(from)).join("/"));
}

function dirname(path: string): string {
  const [, directory] = /^(.*?)\/+[^/]+\/*$/s.exec(path) ?? [];
  if (directory === undefined) return path.startsWith("/") ? "/" : ".";
  return directory === "" ? "/" : directory;
}

function basename(path: string): string {
  return /([^/]*)\/*$/.exec(path)?.[1] ?? "";
}
