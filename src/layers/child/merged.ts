import type { BigIntStats } from "node:fs";
import { isOpaque, isWhiteout } from "./overlay.ts";
import { listDirectory, statOf } from "./packer.ts";

/** What stands in one place of a stack of directories. */
export interface MergedEntry {
  readonly stat: BigIntStats;
  /** Where it is; of a directory its topmost part. */
  readonly path: string;
  /** Of a directory, the parts that it is merged from, the topmost first. */
  readonly directories: readonly string[];
}

/** What directories, the topmost first, together have under a name, as overlayfs merges them. */
export function lookUp(stack: readonly string[], name: string): MergedEntry | undefined {
  let found: { stat: BigIntStats; path: string } | undefined;
  const directories: string[] = [];
  for (const directory of stack) {
    const path = `${directory}/${name}`;
    const stat = statOf(path);
    if (stat === undefined) continue;
    if (isWhiteout(stat) || (found !== undefined && !stat.isDirectory())) break;
    found ??= { stat, path };
    if (!stat.isDirectory()) break;
    directories.push(path);
    if (isOpaque(path)) break;
  }
  return found === undefined ? undefined : { ...found, directories };
}

/** The names that some of these directories mention, whiteouts included, in the order of their bytes. */
export function namesIn(directories: readonly string[]): string[] {
  const [only] = directories;
  if (directories.length === 1 && only !== undefined) return listDirectory(only);
  const names = new Set(directories.flatMap(listDirectory));
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
