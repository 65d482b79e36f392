import { closeSync, constants, readSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";
import { attributeOf, attributesOf, FileStatus, listAt, openAt, readLinkAt } from "../../os/at.ts";
import { encodeHeader, endOfArchive } from "../encoder.ts";
import { type EntryType, paddingAfter, type TarHeader, tarHeader } from "../header.ts";
import { decodeName } from "../name.ts";
import { plainHeaderBytes, writePlainHeader } from "./plain-header.ts";

const capacity = 1 << 20;
const readFile = constants.O_RDONLY | constants.O_NONBLOCK;
const readDirectory = constants.O_RDONLY | constants.O_DIRECTORY;
const typeMask = 0o170000;
/** Types by st_mode's bits (inode(7)), which DT_REG and its like are the upper four of. Sockets have none. */
const types: ReadonlyMap<number, EntryType> = new Map([
  [0o100000, "file"],
  [0o040000, "directory"],
  [0o120000, "symlink"],
  [0o020000, "char"],
  [0o060000, "block"],
  [0o010000, "fifo"],
]);
const regular = 8;
const noAttributes: ReadonlyMap<string, Uint8Array> = new Map();

/**
 * Files as an archive, gone through by descriptors: no link and no rename that somebody makes meanwhile leads out of
 * the tree. All calls are synchronous, which for small files is several times as fast; to be used where nothing else
 * waits. The pieces it yields are one buffer's: valid until the next is asked for.
 */
export class FilePacker {
  readonly #buffer = Buffer.allocUnsafe(capacity);
  #used = 0;
  readonly #status = new FileStatus();
  /** Names in the archive of files that have several. */
  readonly #links = new Map<string, string>();

  /** `closed` are directories, by `FileStatus.identity`, of whose contents nothing is taken. */
  constructor(private readonly closed: ReadonlySet<string> = new Set()) {}

  /**
   * A file or a whole tree, in the order of the names' bytes: what `directory` has under `entry` (with a NUL at the
   * end), called `name`. What vanishes meanwhile is left out, as are sockets. The first must be there.
   */
  *tree(directory: number, entry: Buffer, name: Buffer): Generator<Buffer> {
    const { mode } = this.#status.ofName(directory, entry);
    yield* this.#member(directory, entry, (mode & typeMask) >> 12, name);
  }

  /** The same of a directory that is open. Without a name it is not a member itself. */
  *open(directory: number, name: Buffer): Generator<Buffer> {
    yield* this.#directory(directory, name);
  }

  /** What is left, and the end of the archive. */
  *end(): Generator<Buffer> {
    yield* this.#write(endOfArchive);
    yield this.#take();
  }

  *#member(directory: number, entry: Buffer, type: number, name: Buffer): Generator<Buffer> {
    try {
      if (type === regular) yield* this.#file(directory, entry, name);
      else yield* this.#other(directory, entry, name);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined || !vanished.has(errno)) throw error;
    }
  }

  *#other(directory: number, entry: Buffer, name: Buffer): Generator<Buffer> {
    const type = types.get(this.#status.ofName(directory, entry).mode & typeMask);
    if (type === "file") yield* this.#file(directory, entry, name);
    else if (type === "directory") {
      const fd = openAt(directory, entry, readDirectory);
      try {
        yield* this.#directory(fd, name);
      } finally {
        closeSync(fd);
      }
    } else if (type !== undefined) {
      const linkName = type === "symlink" ? decodeName(readLinkAt(directory, entry)) : "";
      const { major, minor } = this.#status.device;
      const device = type === "char" || type === "block" ? { devMajor: major, devMinor: minor } : {};
      yield* this.#named(name, type, { linkName, ...device });
    }
  }

  /** An empty name, that of an archive's own root, is not written. */
  *#directory(fd: number, name: Buffer): Generator<Buffer> {
    const isClosed = this.closed.has(this.#status.ofOpen(fd).identity);
    if (name.length > 0) yield* this.#header(fd, name, true);
    if (isClosed) return;
    const prefix =
      name.length === 0 || name[name.length - 1] === slash[0] ? name : Buffer.concat([name, slash]);
    for (const { name: child, type } of listAt(fd)) {
      yield* this.#member(fd, child, type, Buffer.concat([prefix, child.subarray(0, child.length - 1)]));
    }
  }

  *#file(directory: number, entry: Buffer, name: Buffer): Generator<Buffer> {
    const fd = openAt(directory, entry, readFile);
    try {
      const status = this.#status.ofOpen(fd);
      // Something else took the file's place after it was listed.
      if ((status.mode & typeMask) !== 0o100000) return;
      if (status.links > 1) {
        const first = this.#links.get(status.identity);
        if (first !== undefined) {
          yield* this.#named(name, "hardlink", { linkName: first });
          return;
        }
        this.#links.set(status.identity, decodeName(name));
      }
      const { size } = status;
      yield* this.#header(fd, name, false);
      yield* this.#content(fd, size);
    } finally {
      closeSync(fd);
    }
  }

  *#header(fd: number, name: Buffer, isDirectory: boolean): Generator<Buffer> {
    const { mode, uid, gid, size, seconds, nanoseconds } = this.#status;
    const xattrs = xattrsOf(fd);
    if (xattrs.size === 0) {
      if (capacity - this.#used < plainHeaderBytes) yield this.#take();
      const plain = { isDirectory, mode: mode & 0o7777, uid, gid, seconds, nanoseconds };
      const member = { ...plain, size: isDirectory ? 0 : size };
      const written = writePlainHeader(this.#buffer, this.#used, name, member);
      this.#used += written;
      if (written > 0) return;
    }
    yield* this.#named(name, isDirectory ? "directory" : "file", { size: isDirectory ? 0 : size, xattrs });
  }

  /** By the last answer of `#status`. */
  *#named(name: Buffer, type: EntryType, more: Partial<TarHeader>): Generator<Buffer> {
    const { mode, uid, gid, seconds, nanoseconds } = this.#status;
    const mtime = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    const values = { type, name: decodeName(name), mode: mode & 0o7777, uid, gid, mtime };
    yield* this.#write(encodeHeader(tarHeader({ ...values, ...more })));
  }

  /** Exactly `size` bytes: one that shrinks meanwhile ends in zeros, as with GNU tar. */
  *#content(fd: number, size: number): Generator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#used === capacity) yield this.#take();
      const room = Math.min(left, capacity - this.#used);
      let count = readSync(fd, this.#buffer, this.#used, room, null);
      if (count === 0) {
        this.#buffer.fill(0, this.#used, this.#used + room);
        count = room;
      }
      this.#used += count;
      left -= count;
    }
    const padding = paddingAfter(size);
    if (capacity - this.#used < padding) yield this.#take();
    this.#buffer.fill(0, this.#used, this.#used + padding);
    this.#used += padding;
  }

  *#write(bytes: Uint8Array): Generator<Buffer> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#used === capacity) yield this.#take();
      const count = Math.min(bytes.length - at, capacity - this.#used);
      this.#buffer.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      at += count;
    }
  }

  #take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }
}

const slash = Buffer.from("/");
/** What opening says of a name that was listed and is now another file's, or nobody's. */
const vanished: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"]);

/** Those that belong to the file wherever it is: capabilities and the users' own. */
function xattrsOf(fd: number): ReadonlyMap<string, Uint8Array> {
  const names = attributesOf(fd);
  if (names.length === 0) return noAttributes;
  const xattrs = new Map<string, Uint8Array>();
  for (const name of names) {
    if (name !== "security.capability" && !name.startsWith("user.")) continue;
    const value = attributeOf(fd, name);
    if (value !== undefined) xattrs.set(name, value);
  }
  return xattrs;
}
