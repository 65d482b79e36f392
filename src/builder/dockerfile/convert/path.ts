/** A path relative to a directory, or absolute; without `.`, `..` and doubled slashes, as Go's path.Join. */
export function joinPath(directory: string, path: string): string {
  const kept: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : directory}/${path}`.split("/")) {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  return `/${kept.join("/")}`;
}

/** The last name of a path. */
export const baseName = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) ?? "";
