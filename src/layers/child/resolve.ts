import { readlinkSync } from "node:fs";
import { decodeName, fsPath } from "../../archive/index.ts";
import { notFound } from "../../errors/index.ts";
import { statOf } from "./packer.ts";

/** As many as the kernel follows before it says ELOOP (path_resolution(7)). */
const maxLinks = 40;

/** Where a path leads after all symbolic links, as far as it exists; the rest is appended as it is. */
export function resolveLinks(path: string): string {
  let resolved = "";
  let links = 0;
  const parts = path.split("/");
  while (parts.length > 0) {
    const part = parts.shift() as string;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      resolved = resolved.slice(0, Math.max(0, resolved.lastIndexOf("/")));
      continue;
    }
    const next = `${resolved}/${part}`;
    if (statOf(next)?.isSymbolicLink() !== true) {
      resolved = next;
      continue;
    }
    if (++links > maxLinks) throw notFound(`${path} has too many symbolic links`, { errno: "ELOOP" });
    const target = decodeName(readlinkSync(fsPath(next), { encoding: "buffer" }));
    if (target.startsWith("/")) resolved = "";
    parts.unshift(...target.split("/"));
  }
  return resolved === "" ? "/" : resolved;
}
