import { ptr } from "bun:ffi";
import { fchmodSync, fchownSync } from "node:fs";
import {
  attributeOf,
  attributesOf,
  changeOwnerAt,
  type FileStatus,
  setAttributeOf,
  setTimesAt,
} from "../../../../os/at.ts";
import { check, libc } from "../../../../os/libc.ts";
import { setTimes } from "../../../../os/times.ts";
import type { SourceTree } from "../source/tree.ts";
import type { ModeChange } from "./mode.ts";
import type { Owner } from "./owner.ts";

export interface LooksRules {
  readonly tree: Pick<SourceTree, "foreign">;
  /** Absent: the source's; root for trees of somebody else. */
  readonly owner?: Owner | undefined;
  readonly mode?: ModeChange | undefined;
}

/** What a copy has besides its content. */
export interface Looks extends Owner {
  /** Permission bits, set-id ones included. */
  readonly mode: number;
  readonly chmod: boolean;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
}

const isDirectory = (mode: number): boolean => (mode & 0o170000) === 0o040000;

/** To be asked before the status is used again. */
export function looksOf(status: FileStatus, { tree, owner, mode }: LooksRules): Looks {
  const { mode: full, modified: time } = status;
  const bits = full & 0o7777;
  const changed = mode === undefined ? bits : mode(bits, isDirectory(full));
  const { uid, gid } = owner ?? (tree.foreign ? root : status);
  return { uid, gid, mode: changed, chmod: true, time };
}

const root: Owner = { uid: 0, gid: 0 };

/** Of an open file that was just made by root; attributes come from the open source. */
export function wearOpen({ uid, gid, mode, time }: Looks, to: number, from: number): void {
  fchownSync(to, uid, gid);
  // Changing the owner clears the set-id bits, and a directory was not made with its mode.
  fchmodSync(to, mode);
  copyAttributes(from, to);
  setTimes(to, time);
}

/** Of a name in a directory: of a link itself. */
export function wear({ uid, gid, mode, chmod, time }: Looks, directory: number, name: Buffer): void {
  changeOwnerAt(directory, name, uid, gid);
  if (chmod) check(libc.fchmodat(directory, ptr(name), mode, 0), "change a copy's mode");
  setTimesAt(directory, name, time);
}

/** Those that layers have; see Packer. */
function copyAttributes(from: number, to: number): void {
  for (const name of attributesOf(from)) {
    if (name !== "security.capability" && !name.startsWith("user.")) continue;
    const value = attributeOf(from, name);
    if (value !== undefined) setAttributeOf(to, name, value);
  }
}
