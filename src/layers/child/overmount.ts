import { closeSync, mkdirSync, statSync } from "node:fs";
import { posix } from "../../archive/index.ts";
import { errnoOf } from "../../errors/index.ts";
import { openInRoot } from "../../os/inroot.ts";
import { check, libc } from "../../os/libc.ts";
import { mount, remount, setPropagation } from "../../os/mount.ts";
import type { Overmount } from "../archive.ts";

const CLONE_NEWNS = 0x20000;
const O_PATH = 0o10000000;

/**
 * Binds directories over parts of `root`, for this process alone: in a mount namespace of its own, which ends with
 * it. A place that does not exist yet is made for a directory, as a start of the container would; for a file it is
 * left out.
 */
export function mountOver(root: string, mounts: readonly Overmount[]): void {
  if (mounts.length === 0) return;
  check(libc.unshare(CLONE_NEWNS), "make a mount namespace");
  setPropagation("/", "rprivate");
  const outermostFirst = [...mounts].sort((a, b) => a.destination.length - b.destination.length);
  for (const { source: whole, subpath, destination, writable } of outermostFirst) {
    const part = subpath === undefined ? undefined : openInRoot(whole, subpath, O_PATH);
    const source = part === undefined ? whole : `/proc/self/fd/${part}`;
    const place = openPlace(root, destination) ?? makePlace(root, destination, source);
    if (place === undefined) continue;
    try {
      // By its descriptor: a link that the container planted cannot move the place.
      const target = `/proc/self/fd/${place}`;
      mount({ type: "bind", source, options: ["rbind"] }, target);
    } finally {
      closeSync(place);
      if (part !== undefined) closeSync(part);
    }
    if (writable) continue;
    const covered = openPlace(root, destination);
    if (covered === undefined) continue;
    remount(`/proc/self/fd/${covered}`, ["bind", "ro"]);
    closeSync(covered);
  }
}

function makePlace(root: string, destination: string, source: string): number | undefined {
  if (destination === "/" || !statSync(source).isDirectory()) return undefined;
  const above = posix.dirname(destination);
  const parent = openPlace(root, above) ?? makePlace(root, above, source);
  if (parent === undefined) return undefined;
  try {
    // The last component is not followed, and the ones before it are the descriptor's.
    mkdirSync(`/proc/self/fd/${parent}/${posix.basename(destination)}`, { mode: 0o755 });
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  } finally {
    closeSync(parent);
  }
  return openPlace(root, destination);
}

function openPlace(root: string, destination: string): number | undefined {
  try {
    return openInRoot(root, destination, O_PATH);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
