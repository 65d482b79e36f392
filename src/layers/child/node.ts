import { ptr } from "bun:ffi";
import { type EntryType, fsPath } from "../../archive/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import { makeDevice } from "../../os/device-number.ts";
import { errno, errnoName, libc } from "../../os/libc.ts";
import { cpath } from "../../os/xattr.ts";

const kinds: Partial<Record<EntryType, number>> = { fifo: 0o010000, char: 0o020000, block: 0o060000 };

/** Makes a device node or a FIFO (mknod(2)). */
export function makeNode(path: string, type: EntryType, mode: number, major: number, minor: number): void {
  const name = cpath(fsPath(path));
  if (libc.mknod(ptr(name), (kinds[type] ?? 0) | mode, makeDevice(major, minor)) === 0) return;
  const reason = errnoName(errno());
  throw new SlipwayError("system", `make the node ${path}: ${reason}`, { errno: reason });
}
