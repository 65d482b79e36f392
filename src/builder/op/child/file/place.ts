import { chmodSync, chownSync, mkdirSync, unlinkSync } from "node:fs";
import { fsPath } from "../../../../archive/index.ts";
import { invalid } from "../../../../errors/index.ts";
import { statOf } from "../../../../layers/child/packer.ts";
import { resolveLinks } from "../../../../layers/child/resolve.ts";
import type { Owner } from "./owner.ts";
import type { DirectoryTimes } from "./times.ts";

export interface PlaceOptions {
  readonly times: DirectoryTimes;
  /** Of directories that are made, nanoseconds since the epoch. */
  readonly time: bigint;
  readonly owner: Owner;
  readonly mode: number;
  /** A link, or a file, that stands where a directory is to be is replaced by one. */
  readonly replaceLinks: boolean;
}

/**
 * Makes a directory and those above it, where they are not there, in this process's root; answers the path without links.
 * Those that were there stay as they are.
 */
export function makeDirectories(path: string, options: PlaceOptions): string {
  let made = options.replaceLinks ? withoutLinks(path) : resolveLinks(path);
  if (made === "/") return made;
  const missing: string[] = [];
  const full = made;
  for (let stat = statOf(made); ; stat = statOf(made)) {
    if (stat?.isDirectory()) break;
    if (stat !== undefined) throw invalid(`mkdir ${made}: not a directory`, { errno: "ENOTDIR" });
    missing.push(made);
    made = made.slice(0, made.lastIndexOf("/")) || "/";
  }
  for (const directory of missing.reverse()) {
    options.times.keep(directory.slice(0, directory.lastIndexOf("/")) || "/");
    mkdirSync(fsPath(directory), options.mode);
    chmodSync(fsPath(directory), options.mode);
    chownSync(fsPath(directory), options.owner.uid, options.owner.gid);
    options.times.set(directory, options.time);
  }
  return full;
}

/** Clears the way of what is no directory. */
function withoutLinks(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  let at = "";
  for (const part of parts) {
    at += `/${part}`;
    const stat = statOf(at);
    if (stat === undefined || stat.isDirectory()) continue;
    unlinkSync(fsPath(at));
  }
  return at === "" ? "/" : at;
}
