import { type BigIntStats, createReadStream } from "node:fs";
import { lstat, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { type EntryType, tarHeader, type WritableEntry } from "../../archive/index.ts";
import { majorOf, minorOf } from "../../os/device-number.ts";

/** The members of a tar archive of what is at `path`, its root called `name`. Sockets are left out. */
export async function* pack(path: string, name: string, followLink: boolean): AsyncGenerator<WritableEntry> {
  const links = new Map<string, string>();
  const root = followLink ? await stat(path, { bigint: true }) : await lstat(path, { bigint: true });
  yield* packEntry(path, name, root, links);
}

async function* packEntry(
  path: string,
  name: string,
  info: BigIntStats,
  links: Map<string, string>,
): AsyncGenerator<WritableEntry> {
  const type = typeOf(info);
  if (type === undefined) return;
  const common = {
    name,
    mode: Number(info.mode & 0o7777n),
    uid: Number(info.uid),
    gid: Number(info.gid),
    mtime: info.mtimeNs,
  };
  const inode = `${info.dev}:${info.ino}`;
  const first = type === "directory" || info.nlink < 2n ? undefined : links.get(inode);
  if (first !== undefined) {
    yield { header: tarHeader({ ...common, type: "hardlink", linkName: first }) };
    return;
  }
  if (type !== "directory" && info.nlink > 1n) links.set(inode, name);
  if (type === "file") {
    const header = tarHeader({ ...common, size: Number(info.size) });
    yield { header, body: content(path, header.size) };
    return;
  }
  const linkName = type === "symlink" ? await readlink(path) : "";
  const isDevice = type === "char" || type === "block";
  const device = isDevice ? { devMajor: majorOf(info.rdev), devMinor: minorOf(info.rdev) } : {};
  yield { header: tarHeader({ ...common, type, linkName, ...device }) };
  if (type !== "directory") return;
  for (const child of (await readdir(path)).sort()) {
    const below = join(path, child);
    yield* packEntry(below, `${name}/${child}`, await lstat(below, { bigint: true }), links);
  }
}

function typeOf(info: BigIntStats): EntryType | undefined {
  if (info.isFile()) return "file";
  if (info.isDirectory()) return "directory";
  if (info.isSymbolicLink()) return "symlink";
  if (info.isFIFO()) return "fifo";
  if (info.isCharacterDevice()) return "char";
  return info.isBlockDevice() ? "block" : undefined;
}

/** A growing file is cut at the size that was announced. */
function content(path: string, size: number): AsyncIterable<Uint8Array> | Uint8Array {
  if (size === 0) return new Uint8Array(0);
  return createReadStream(path, { end: size - 1, highWaterMark: 1 << 18 });
}
