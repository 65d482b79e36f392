import { ptr } from "bun:ffi";
import { closeSync, constants, lstatSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { errnoOf, invalid, SlipwayError } from "../errors/index.ts";
import { check, cstring, libc } from "./libc.ts";

const SYS_openat2 = 437;
const RESOLVE_NO_XDEV = 0x01;
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_IN_ROOT = 0x10;
const O_CLOEXEC = 0o2000000;

/**
 * Opens `path` inside `root` as a process whose root that is would see it: no symbolic link, however
 * planted, leads outside (openat2(2), RESOLVE_IN_ROOT, Linux 5.6). The caller closes the descriptor.
 */
export function openInRoot(root: string, path: string, flags: number, mode = 0): number {
  return openAs(root, path, { flags, mode, resolve: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS });
}

const O_PATH = 0o10000000;

/**
 * A descriptor (O_PATH) of what is at a relative path below a directory, when the way there crosses no mount, nor any
 * link one; `EXDEV` otherwise (openat2(2), RESOLVE_NO_XDEV). The caller closes the descriptor.
 */
export function openBelow(directory: string, path: string): number {
  return openAs(directory, path, {
    flags: O_PATH,
    mode: 0,
    resolve: RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
  });
}

function openAs(
  root: string,
  path: string,
  { flags, mode, resolve }: { flags: number; mode: number; resolve: number },
): number {
  const directory = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const how = new BigUint64Array([BigInt(flags | O_CLOEXEC), BigInt(mode), BigInt(resolve)]);
    const name = cstring(path);
    const result = libc.syscall(SYS_openat2, directory, ptr(name), ptr(how), how.byteLength, 0, 0);
    return check(result, () => `open ${path} in ${root}`);
  } finally {
    closeSync(directory);
  }
}

const readLimit = 4 << 20;

/** The text of a small file inside `root`, of which at most 4 MiB are read; undefined when there is none. */
export function readInRoot(root: string, path: string): string | undefined {
  let fd: number;
  try {
    fd = openInRoot(root, path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof SlipwayError && ["ENOENT", "ENOTDIR", "ELOOP"].includes(error.details.errno ?? "")) {
      return undefined;
    }
    throw error;
  }
  try {
    const chunks: Buffer[] = [];
    for (let left = readLimit; left > 0; ) {
      const chunk = Buffer.allocUnsafe(Math.min(left, 65536));
      const count = readSync(fd, chunk);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      left -= count;
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    closeSync(fd);
  }
}

/** Where a path leads inside a root. */
export interface Located {
  /** After all symbolic links, as far as it exists; absolute in the root. */
  readonly path: string;
  /** What of it does not exist, the outermost first; the last one is the path. */
  readonly missing: readonly string[];
}

/** As many as the kernel follows before it says ELOOP (path_resolution(7)). */
const maxLinks = 40;

/** Below a file there is nothing, either. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/**
 * Follows a path inside `root` as a process whose root that is would, as far as it exists. Nobody may change the tree
 * meanwhile; for one that others change there is `openInRoot`.
 */
export function locateInRoot(root: string, path: string): Located {
  let resolved = "";
  let links = 0;
  const missing: string[] = [];
  const parts = path.split("/");
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      resolved = resolved.slice(0, Math.max(0, resolved.lastIndexOf("/")));
      if (missing.length > 0) missing.pop();
      continue;
    }
    const next = `${resolved}/${part}`;
    const stat = missing.length > 0 ? undefined : statOf(root + next);
    if (stat?.isSymbolicLink()) {
      if (++links > maxLinks) throw invalid(`${path} has too many symbolic links`, { errno: "ELOOP" });
      const target = readlinkSync(root + next);
      if (target.startsWith("/")) resolved = "";
      parts.unshift(...target.split("/"));
      continue;
    }
    if (stat === undefined) missing.push(next);
    resolved = next;
  }
  return { path: resolved === "" ? "/" : resolved, missing };
}
