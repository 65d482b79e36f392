import { ptr } from "bun:ffi";
import { constants } from "node:fs";
import { SlipwayError } from "../errors/index.ts";
import { check, errno, errnoName, libc } from "./libc.ts";

/*
 * File calls relative to an open directory (openat(2) and its like). Whoever goes down a tree by descriptors and
 * follows no link cannot be led out of it by renames and links that others make meanwhile. Names are bytes with a
 * NUL at their end.
 */

const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const STATX_BASIC_STATS = 0x7ff;
const O_CLOEXEC = 0o2000000;

/** A name as the calls here take it. */
export function atName(name: string | Uint8Array): Buffer {
  return typeof name === "string" ? Buffer.from(`${name}\0`) : Buffer.concat([name, zero]);
}

const zero = Buffer.alloc(1);
const empty = Buffer.alloc(1);
const shown = (name: Buffer) => name.toString("utf8", 0, name.length - 1);

/** Never follows a link in the last component. The caller closes the descriptor. */
export function openAt(directory: number, name: Buffer, flags: number, mode = 0): number {
  const opened = libc.openat(directory, ptr(name), flags | constants.O_NOFOLLOW | O_CLOEXEC, mode);
  return opened >= 0 ? opened : check(opened, () => `open ${shown(name)}`);
}

const SYS_openat2 = 437;
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_NO_SYMLINKS = 0x04;
const RESOLVE_BENEATH = 0x08;

/** By a path below a directory that no link is part of, nor its end; `.` is the directory. The caller closes the descriptor. */
export function openBeneath(directory: number, path: Buffer, flags: number): number {
  const resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  const how = new BigUint64Array([BigInt(flags | O_CLOEXEC), 0n, BigInt(resolve)]);
  const result = libc.syscall(SYS_openat2, directory, ptr(path), ptr(how), how.byteLength, 0, 0);
  return check(result, () => `open ${shown(path)}`);
}

/** What statx(2) says of a file; its fields are read from the last answer. */
export class FileStatus {
  readonly #bytes = new Uint8Array(256);
  readonly #view = new DataView(this.#bytes.buffer);

  /** Of a name in a directory; a link is not followed. */
  ofName(directory: number, name: Buffer): this {
    const pointer = ptr(this.#bytes);
    const result = libc.statx(directory, ptr(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, pointer);
    if (result !== 0) check(result, () => `look at ${shown(name)}`);
    return this;
  }

  /** The same of a name that may be free: whether it is not. */
  ofAny(directory: number, name: Buffer): boolean {
    const pointer = ptr(this.#bytes);
    const result = libc.statx(directory, ptr(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, pointer);
    if (result !== 0 && errnoName(errno()) !== "ENOENT") check(result, () => `look at ${shown(name)}`);
    return result === 0;
  }

  ofOpen(fd: number): this {
    const result = libc.statx(fd, ptr(empty), AT_EMPTY_PATH, STATX_BASIC_STATS, ptr(this.#bytes));
    if (result !== 0) check(result, "look at an open file");
    return this;
  }

  get links(): number {
    return this.#view.getUint32(16, true);
  }
  get uid(): number {
    return this.#view.getUint32(20, true);
  }
  get gid(): number {
    return this.#view.getUint32(24, true);
  }
  /** With the bits of the type (inode(7)). */
  get mode(): number {
    return this.#view.getUint16(28, true);
  }
  /** One text for each file of a host. */
  get identity(): string {
    const device = `${this.#view.getUint32(136, true)}:${this.#view.getUint32(140, true)}`;
    return `${device}:${this.#view.getBigUint64(32, true)}`;
  }
  get size(): number {
    return this.#view.getUint32(40, true) + this.#view.getUint32(44, true) * 2 ** 32;
  }
  get inode(): bigint {
    return this.#view.getBigUint64(32, true);
  }
  /** What it takes on the disk, in units of 512 bytes. */
  get blocks(): number {
    return this.#view.getUint32(48, true) + this.#view.getUint32(52, true) * 2 ** 32;
  }
  /** Of the last modification, nanoseconds since the epoch. */
  get modified(): bigint {
    return this.#view.getBigInt64(112, true) * 1_000_000_000n + BigInt(this.nanoseconds);
  }
  /** Of the last change of anything, nanoseconds since the epoch. */
  get changed(): bigint {
    return this.#view.getBigInt64(96, true) * 1_000_000_000n + BigInt(this.#view.getUint32(104, true));
  }
  /** Of the last modification: seconds since the epoch, and nanoseconds behind them. */
  get seconds(): number {
    return this.#view.getUint32(112, true) + this.#view.getInt32(116, true) * 2 ** 32;
  }
  get nanoseconds(): number {
    return this.#view.getUint32(120, true);
  }
  /** Of a device node: what it stands for. */
  get device(): { major: number; minor: number } {
    return { major: this.#view.getUint32(128, true), minor: this.#view.getUint32(132, true) };
  }
}

export interface DirectoryEntry {
  /** With its NUL. */
  readonly name: Buffer;
  /** DT_REG and its like (readdir(3)); 0 where the file system does not say. */
  readonly type: number;
}

const batch = new Uint8Array(1 << 18);

/** What an open directory holds, but for `.` and `..`, in the order of the names' bytes. */
export function listAt(directory: number): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (;;) {
    const count = Number(libc.getdents64(directory, ptr(batch), batch.length));
    if (count < 0) check(count, "list a directory");
    if (count <= 0) break;
    takeEntries(Buffer.from(batch.subarray(0, count)), entries);
  }
  return entries.sort((a, b) => Buffer.compare(a.name, b.name));
}

/** Records of getdents64(2): inode, offset, length at 16, type at 18, name at 19. */
function takeEntries(records: Buffer, into: DirectoryEntry[]): void {
  for (let at = 0; at < records.length; ) {
    const end = records.indexOf(0, at + 19);
    const name = records.subarray(at + 19, end + 1);
    if (!(name[0] === 0x2e && (name.length === 2 || (name.length === 3 && name[1] === 0x2e)))) {
      into.push({ name, type: records[at + 18] as number });
    }
    at += records.readUInt16LE(at + 16);
  }
}

const linkLimit = 4096;
const linkText = new Uint8Array(linkLimit);

/** What a symbolic link says. */
export function readLinkAt(directory: number, name: Buffer): Buffer {
  const count = Number(libc.readlinkat(directory, ptr(name), ptr(linkText), linkLimit));
  if (count < 0) check(count, () => `read the link ${shown(name)}`);
  return Buffer.from(linkText.subarray(0, count));
}

export function makeDirectoryAt(directory: number, name: Buffer, mode: number): void {
  check(libc.mkdirat(directory, ptr(name), mode), () => `make the directory ${shown(name)}`);
}

/** A FIFO or a device node: `mode` says which. */
export function makeNodeAt(directory: number, name: Buffer, mode: number, device: bigint): void {
  check(libc.mknodat(directory, ptr(name), mode, device), () => `make the node ${shown(name)}`);
}

export function makeLinkAt(text: Buffer, directory: number, name: Buffer): void {
  check(libc.symlinkat(ptr(text), directory, ptr(name)), () => `make the link ${shown(name)}`);
}

/** Another name for a file; one that is a link is not followed. */
export function linkAt(from: number, existing: Buffer, directory: number, name: Buffer): void {
  const result = libc.linkat(from, ptr(existing), directory, ptr(name), 0);
  check(result, () => `link ${shown(name)} to ${shown(existing)}`);
}

export function removeAt(directory: number, name: Buffer, isDirectory = false): void {
  const result = libc.unlinkat(directory, ptr(name), isDirectory ? AT_REMOVEDIR : 0);
  check(result, () => `remove ${shown(name)}`);
}

/** Of a link itself. */
export function changeOwnerAt(directory: number, name: Buffer, uid: number, gid: number): void {
  const result = libc.fchownat(directory, ptr(name), uid, gid, AT_SYMLINK_NOFOLLOW);
  check(result, () => `change the owner of ${shown(name)}`);
}

const times = new BigInt64Array(4);

/** Sets both times of a name in a directory, of a link itself, to the nanosecond. */
export function setTimesAt(directory: number, name: Buffer, nanoseconds: bigint): void {
  const second = 1_000_000_000n;
  const fraction = ((nanoseconds % second) + second) % second;
  times[0] = (nanoseconds - fraction) / second;
  times[1] = fraction;
  times[2] = times[0];
  times[3] = fraction;
  const result = libc.utimensat(directory, ptr(name), ptr(times), AT_SYMLINK_NOFOLLOW);
  check(result, () => `set the times of ${shown(name)}`);
}

const attributeLimit = 65536;
const attributeBytes = new Uint8Array(attributeLimit);

/** Names of an open file's extended attributes (xattr(7)); none where the file system has none. */
export function attributesOf(fd: number): string[] {
  const count = Number(libc.flistxattr(fd, ptr(attributeBytes), attributeLimit));
  if (count < 0) {
    const reason = errnoName(errno());
    if (reason === "ENOTSUP" || reason === "EOPNOTSUPP") return [];
    throw new SlipwayError("system", `list extended attributes: ${reason}`, { errno: reason });
  }
  if (count === 0) return [];
  return Buffer.from(attributeBytes.subarray(0, count - 1))
    .toString()
    .split("\0");
}

/** Undefined when it has just vanished. */
export function attributeOf(fd: number, name: string): Uint8Array | undefined {
  const count = Number(libc.fgetxattr(fd, ptr(atName(name)), ptr(attributeBytes), attributeLimit));
  return count < 0 ? undefined : attributeBytes.slice(0, count);
}

export function setAttributeOf(fd: number, name: string, value: Uint8Array): void {
  const pointer = value.length === 0 ? null : ptr(value);
  const result = libc.fsetxattr(fd, ptr(atName(name)), pointer, value.length, 0);
  check(result, () => `set the extended attribute ${name}`);
}
