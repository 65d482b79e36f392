import type { BigIntStats } from "node:fs";
import type { Change } from "../diff.ts";
import { lookUp } from "./merged.ts";
import { isOpaque, isWhiteout } from "./overlay.ts";
import { listDirectory, statOf } from "./packer.ts";

/**
 * What an overlay's upper directory changes of the lower ones, a directory before what is in it. Directories are
 * walked side by side, one name at a time, so that no symbolic link is followed.
 */
export function findChanges(upper: string, lowers: readonly string[]): Change[] {
  const changes: Change[] = [];
  compare(upper, lowers, "", changes);
  return changes;
}

function compare(upper: string, lowers: readonly string[], path: string, changes: Change[]): void {
  const opaque = path !== "" && isOpaque(upper);
  const names = listDirectory(upper);
  const hidden = opaque ? hiddenNames(lowers).filter((name) => !names.includes(name)) : [];
  for (const name of [...names, ...hidden].sort()) {
    const child = `${path}/${name}`;
    const stat = statOf(`${upper}/${name}`);
    const below = lookUp(lowers, name);
    if (stat === undefined || isWhiteout(stat)) {
      if (below !== undefined) changes.push({ path: child, kind: 2 });
    } else if (stat.isDirectory()) {
      const changed = directoryChange(stat, below?.stat);
      const at = changes.length;
      compare(`${upper}/${name}`, below?.directories ?? [], child, changes);
      // Opening a directory for writing copies it up: it changed only if it, or something in it, did.
      const kind = changed ?? (changes.length > at ? 0 : undefined);
      if (kind !== undefined) changes.splice(at, 0, { path: child, kind });
    } else changes.push({ path: child, kind: below === undefined ? 1 : 0 });
  }
}

function directoryChange(stat: BigIntStats, below: BigIntStats | undefined): Change["kind"] | undefined {
  if (below === undefined) return 1;
  const same =
    below.isDirectory() &&
    stat.mode === below.mode &&
    stat.uid === below.uid &&
    stat.gid === below.gid &&
    stat.mtimeNs === below.mtimeNs;
  return same ? undefined : 0;
}

function hiddenNames(lowers: readonly string[]): string[] {
  return [...new Set(lowers.flatMap(listDirectory))];
}
