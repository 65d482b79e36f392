import type { BigIntStats } from "node:fs";
import { fsPath } from "../../archive/index.ts";
import { errnoOf } from "../../errors/index.ts";
import { getXattr } from "../../os/xattr.ts";

/** Overlayfs's mark for what a lower layer has and this one has not (Documentation/filesystems/overlayfs.rst). */
export function isWhiteout(stat: BigIntStats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0n;
}

/** True for a directory that hides what lower layers have under its name. */
export function isOpaque(path: string): boolean {
  try {
    return Buffer.from(getXattr(fsPath(path), "trusted.overlay.opaque")).toString() === "y";
  } catch (error) {
    if (["ENODATA", "ENOTSUP", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}
