import { closeSync } from "node:fs";
import { errnoOf } from "../../../errors/index.ts";
import { openBelow } from "../../../os/inroot.ts";
import { readMountInfo } from "../../../os/mountinfo.ts";
import { isThere } from "../../../volumes/index.ts";

/** File systems of this host's disks and memory: no server keeps anybody waiting. */
const local = new Set([
  "ext2",
  "ext3",
  "ext4",
  "xfs",
  "btrfs",
  "tmpfs",
  "zfs",
  "f2fs",
  "proc",
  "sysfs",
  "devtmpfs",
]);

/**
 * Whether something is at an absolute path, and the whole way there, links included, lies on one file system of this
 * host. False says nothing: what is elsewhere may not answer, and has to be looked for by a child.
 */
export function isHere(path: string): boolean {
  const leading = readMountInfo().filter(
    ({ target }) => target === "/" || path === target || path.startsWith(`${target}/`),
  );
  const holder = leading.toSorted((a, b) => b.target.length - a.target.length)[0];
  if (holder === undefined || leading.some(({ type }) => !local.has(type))) return false;
  try {
    closeSync(openBelow(holder.target, path.slice(holder.target.length).replace(/^\/*/, "") || "."));
    return true;
  } catch (error) {
    // EXDEV: the way leads to another file system.
    if (["ENOENT", "ENOTDIR", "EXDEV", "ELOOP", "EACCES"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}

/** Whether something is at an absolute path of the host. `system` when its file system does not answer in time. */
export const exists = async (path: string): Promise<boolean> => isHere(path) || (await isThere(path));
