import { type BigIntStats, closeSync, constants, openSync, readlinkSync, readSync } from "node:fs";
import { decodeName, fsPath, type TarHeader } from "../../archive/index.ts";
import { errnoOf } from "../../errors/index.ts";
import { majorOf, minorOf } from "../../os/device-number.ts";
import { getXattr } from "../../os/xattr.ts";
import type { ExpectedNode } from "./expected-tree.ts";
import { isOpaque, isWhiteout } from "./overlay.ts";
import { listDirectory, statOf } from "./packer.ts";

const maxExamples = 20;
const second = 1_000_000_000n;
/** Every file system can keep times within these; beyond, some clamp. */
const latestTime = 2n ** 31n;
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const buffer = Buffer.allocUnsafe(1 << 17);

/** Compares this process's root directory with what must be there, which is used up. */
export function compareTree(nodes: Map<string, ExpectedNode>): { differences: number; examples: string[] } {
  const examples: string[] = [];
  let differences = 0;
  const differs = (path: string, how: string | undefined) => {
    if (how === undefined) return;
    differences++;
    if (examples.length < maxExamples) examples.push(`${path || "/"} ${how}`);
  };
  const walk = (path: string, stat: BigIntStats) => {
    const expected = nodes.get(path);
    nodes.delete(path);
    if (expected === undefined) return differs(path, "does not belong there");
    differs(path, difference(`/${path}`, stat, expected));
    if (!stat.isDirectory()) return;
    for (const name of listDirectory(`/${path}`)) {
      const child = path === "" ? name : `${path}/${name}`;
      const found = statOf(`/${child}`);
      if (found !== undefined) walk(child, found);
    }
  };
  const root = statOf("/");
  if (root !== undefined) walk("", root);
  for (const path of nodes.keys()) differs(path, "is missing");
  return { differences, examples };
}

/** How a file is not what it must be; undefined when it is. */
function difference(path: string, stat: BigIntStats, expected: ExpectedNode): string | undefined {
  const kind = kindOf(stat);
  if (kind !== expected.kind) return `is a ${kind} instead of a ${expected.kind}`;
  if (kind === "directory" && isOpaque(path) !== expected.opaque)
    return `${expected.opaque ? "does not hide" : "hides"} what lower layers have`;
  // One of several names of a file that was looked at already.
  if (expected.inode === stat.ino) return undefined;
  if (expected.inode !== undefined) return "is no other name of the file that it should be one of";
  expected.inode = stat.ino;
  const { header } = expected;
  return header === undefined ? undefined : (attributes(path, stat, header) ?? content(path, expected));
}

function attributes(path: string, stat: BigIntStats, header: TarHeader): string | undefined {
  if (header.type === "file" && Number(stat.size) !== header.size)
    return `has ${stat.size} bytes instead of ${header.size}`;
  const mode = Number(stat.mode & 0o7777n);
  if (header.type !== "symlink" && mode !== (header.mode & 0o7777))
    return `has mode ${mode.toString(8)} instead of ${(header.mode & 0o7777).toString(8)}`;
  if (Number(stat.uid) !== header.uid || Number(stat.gid) !== header.gid)
    return `belongs to ${stat.uid}:${stat.gid} instead of ${header.uid}:${header.gid}`;
  const wanted = header.mtime / second;
  if (wanted > 0n && wanted < latestTime && stat.mtimeNs / second !== wanted) return "was modified later";
  if (header.type === "symlink") {
    const target = decodeName(readlinkSync(fsPath(path), { encoding: "buffer" }));
    if (target !== header.linkName) return `leads to ${target} instead of ${header.linkName}`;
  }
  const isDevice = header.type === "char" || header.type === "block";
  if (isDevice && (majorOf(stat.rdev) !== header.devMajor || minorOf(stat.rdev) !== header.devMinor))
    return "is another device";
  for (const [name, value] of header.xattrs) {
    if (!name.startsWith("trusted.overlay.") && !hasXattr(path, name, value))
      return `lacks its attribute ${name}`;
  }
  return undefined;
}

function hasXattr(path: string, name: string, value: Uint8Array): boolean {
  try {
    return Buffer.compare(getXattr(fsPath(path), name), value) === 0;
  } catch (error) {
    // Where a file system has no such attributes, none were set.
    if (["ENOTSUP", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) return true;
    if (errnoOf(error) === "ENODATA") return false;
    throw error;
  }
}

function content(path: string, { hash }: ExpectedNode): string | undefined {
  if (hash === undefined) return undefined;
  const hasher = new Bun.CryptoHasher("sha256");
  const fd = openSync(fsPath(path), readOnly);
  try {
    for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer))
      hasher.update(buffer.subarray(0, count));
  } finally {
    closeSync(fd);
  }
  return hasher.digest("hex") === hash ? undefined : "has other content";
}

function kindOf(stat: BigIntStats): ExpectedNode["kind"] | "socket" {
  if (isWhiteout(stat)) return "whiteout";
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isCharacterDevice()) return "char";
  if (stat.isBlockDevice()) return "block";
  return stat.isFIFO() ? "fifo" : "socket";
}
