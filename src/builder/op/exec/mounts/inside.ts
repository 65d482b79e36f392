import { closeSync, readlinkSync, statSync } from "node:fs";
import { errnoOf, notFound } from "../../../../errors/index.ts";
import { openInRoot } from "../../../../os/inroot.ts";

const O_PATH = 0o10000000;

/** Something in a tree, to be mounted. */
export interface Inside {
  readonly path: string;
  readonly isFile: boolean;
}

/** The real path of a source in a tree; links in the tree lead nowhere else. `notFound` in BuildKit's words. */
export function inside(root: string, source: string): Inside {
  let fd: number;
  try {
    fd = openInRoot(root, source.replace(/^\/+/, "") || ".", O_PATH);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT" && errnoOf(cause) !== "ENOTDIR") throw cause;
    throw notFound(`failed to mount: "${source}": not found`, { cause });
  }
  try {
    const path = readlinkSync(`/proc/self/fd/${fd}`);
    return { path, isFile: !statSync(path).isDirectory() };
  } finally {
    closeSync(fd);
  }
}
