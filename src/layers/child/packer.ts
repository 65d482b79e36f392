import {
  type BigIntStats,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
} from "node:fs";
import {
  decodeName,
  type EntryType,
  encodeHeader,
  endOfArchive,
  fsPath,
  padding,
  type TarHeader,
  tarHeader,
} from "../../archive/index.ts";
import { errnoOf } from "../../errors/index.ts";
import { majorOf, minorOf } from "../../os/device-number.ts";
import { getXattr, listXattrs } from "../../os/xattr.ts";
import type { PackOutput } from "./output.ts";

const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Writes files of this process's root directory as an archive. */
export class Packer {
  /** Names in the archive of files that have several. */
  readonly #links = new Map<string, string>();

  constructor(readonly output: PackOutput) {}

  /** A file or a whole tree, in the order of the names' bytes. What vanishes meanwhile is left out, as are sockets. */
  tree(path: string, name: string): void {
    const stat = this.add(path, name);
    if (!stat?.isDirectory()) return;
    const base = path === "/" ? "" : path;
    const prefix = name === "" || name.endsWith("/") ? name : `${name}/`;
    for (const child of listDirectory(path)) this.tree(`${base}/${child}`, prefix + child);
  }

  /** One member. An empty name, that of an archive's own root, is not written. */
  add(path: string, name: string): BigIntStats | undefined {
    const stat = statOf(path);
    const type = stat === undefined ? undefined : typeOf(stat);
    if (stat === undefined || type === undefined || name === "") return stat;
    if (type === "file") this.#addFile(path, name, stat);
    else this.output.write(encodeHeader(this.#header(path, name, stat, type)));
    return stat;
  }

  /** A member without content. */
  addEmpty(name: string): void {
    this.output.write(encodeHeader(tarHeader({ name, mode: 0o600 })));
  }

  end(): void {
    this.output.write(endOfArchive);
    this.output.flush();
  }

  #addFile(path: string, name: string, stat: BigIntStats): void {
    const inode = `${stat.dev}:${stat.ino}`;
    const first = stat.nlink > 1n ? this.#links.get(inode) : undefined;
    if (first !== undefined) {
      this.output.write(encodeHeader({ ...this.#header(path, name, stat, "hardlink"), linkName: first }));
      return;
    }
    const fd = openExisting(path);
    if (fd === undefined) return;
    try {
      if (stat.nlink > 1n) this.#links.set(inode, name);
      const header = { ...this.#header(path, name, stat, "file"), size: Number(stat.size) };
      this.output.write(encodeHeader(header));
      this.output.copyFile(fd, header.size);
      this.output.write(padding(header.size));
    } finally {
      closeSync(fd);
    }
  }

  #header(path: string, name: string, stat: BigIntStats, type: EntryType): TarHeader {
    const isDevice = type === "char" || type === "block";
    return tarHeader({
      name,
      type,
      mode: Number(stat.mode & 0o7777n),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      mtime: stat.mtimeNs,
      linkName: type === "symlink" ? decodeName(readlinkSync(fsPath(path), { encoding: "buffer" })) : "",
      devMajor: isDevice ? majorOf(stat.rdev) : 0,
      devMinor: isDevice ? minorOf(stat.rdev) : 0,
      xattrs: type === "hardlink" ? new Map() : xattrsOf(path),
    });
  }
}

/** Names in a directory, in the order of their bytes. */
export function listDirectory(path: string): string[] {
  const names = readdirSync(fsPath(path), { encoding: "buffer" });
  return names.sort(Buffer.compare).map(decodeName);
}

/** Undefined where nothing is, also below something that is no directory. */
export function statOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Undefined for sockets, which cannot be archived. */
function typeOf(stat: BigIntStats): EntryType | undefined {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isCharacterDevice()) return "char";
  if (stat.isBlockDevice()) return "block";
  return stat.isFIFO() ? "fifo" : undefined;
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(fsPath(path), readOnly);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Those that belong to the file wherever it is: capabilities and the users' own. */
function xattrsOf(path: string): Map<string, Uint8Array> {
  const file = fsPath(path);
  const xattrs = new Map<string, Uint8Array>();
  try {
    for (const name of listXattrs(file)) {
      if (name === "security.capability" || name.startsWith("user.")) xattrs.set(name, getXattr(file, name));
    }
  } catch (error) {
    // File systems without attributes (procfs, some volumes), and files that have just vanished, have none.
    if (!["ENOTSUP", "EOPNOTSUPP", "ENOENT", "ENODATA"].includes(errnoOf(error) ?? "")) throw error;
  }
  return xattrs;
}
