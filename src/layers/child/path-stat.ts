import { type BigIntStats, lstatSync } from "node:fs";
import { fsPath, posix } from "../../archive/index.ts";
import { rfc3339Nano } from "../../os/clock.ts";
import type { PathStat } from "../archive.ts";
import { resolveLinks } from "./resolve.ts";

/** Go's os.FileMode bits by those of st_mode (inode(7)). */
const goModes: ReadonlyMap<number, number> = new Map([
  [0o040000, 2 ** 31],
  [0o120000, 2 ** 27],
  [0o060000, 2 ** 26],
  [0o020000, 2 ** 26 + 2 ** 21],
  [0o010000, 2 ** 25],
  [0o140000, 2 ** 24],
]);
const setIdModes: readonly [bit: number, goMode: number][] = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
];

/** Errors of lstat(2) pass through. */
export function pathStat(path: string): PathStat {
  const full = absolute(path);
  const stat = lstatSync(fsPath(full), { bigint: true });
  return {
    name: posix.basename(full) || "/",
    size: Number(stat.size),
    mode: goMode(stat),
    mtime: rfc3339Nano(stat.mtimeNs),
    linkTarget: stat.isSymbolicLink() ? resolveLinks(full) : "",
  };
}

/** The path from the root, cleaned but for a `/` or `/.` at its end, which say what to do with a directory. */
export function absolute(path: string): string {
  const clean = posix.join("/", path).replace(/(?<=.)\/$/, "");
  if (/(^|\/)\.$/.test(path)) return clean === "/" ? "/." : `${clean}/.`;
  if (clean === "/") return clean;
  return path.endsWith("/") ? `${clean}/` : clean;
}

function goMode(stat: BigIntStats): number {
  const mode = Number(stat.mode);
  const extra = setIdModes.reduce((sum, [bit, go]) => ((mode & bit) === 0 ? sum : sum + go), 0);
  return (mode & 0o777) + (goModes.get(mode & 0o170000) ?? 0) + extra;
}
