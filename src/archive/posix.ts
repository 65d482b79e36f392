/**
 * Paths as `node:path`'s `posix` has them, for names that `decodeName` made: Bun's own functions turn names that are no UTF-8 (lone
 * surrogates here) into U+FFFD, and with that into other names.
 */
export const posix = { normalize, join, resolve, dirname, basename };

/** Without empty parts, `.`, and `..` behind a name; a slash at the end stays. Nothing is `.`. */
function normalize(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  const clean = parts.join("/");
  const end = path.endsWith("/") && clean !== "" ? "/" : "";
  if (isAbsolute) return `/${clean}${end}`;
  return clean === "" ? (path.endsWith("/") ? "./" : ".") : clean + end;
}

function join(...paths: string[]): string {
  return normalize(paths.filter((path) => path !== "").join("/"));
}

/** From the last absolute path on; the first must be absolute. */
function resolve(root: string, ...paths: string[]): string {
  const from = paths.findLastIndex((path) => path.startsWith("/"));
  const path = join(...(from < 0 ? [root, ...paths] : paths.slice(from)));
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function dirname(path: string): string {
  const [, directory] = /^(.*?)\/+[^/]+\/*$/s.exec(path) ?? [];
  if (directory === undefined) return path.startsWith("/") ? "/" : ".";
  return directory === "" ? "/" : directory;
}

function basename(path: string): string {
  return /([^/]*)\/*$/.exec(path)?.[1] ?? "";
}
