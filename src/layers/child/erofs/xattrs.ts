import { invalid } from "../../../errors/index.ts";

/** Kinds of extended attributes that the format knows, by the start of their names. */
const prefixes: readonly [prefix: string, index: number][] = [
  ["user.", 1],
  ["system.posix_acl_access", 2],
  ["system.posix_acl_default", 3],
  ["trusted.", 4],
  ["security.", 6],
];

const headerSize = 12;
const entrySize = 4;
const maxNameBytes = 255;
const maxValueBytes = 0xffff;
/** As an inode counts them: in units of 4 bytes. */
const maxBytes = 0xffff * 4;

/** False for attributes of a kind that file systems on Linux do not keep, which are left out as by Docker. */
export function isKept(name: string): boolean {
  return prefixOf(name) !== undefined;
}

/** Bytes that a node's attributes take behind its inode. */
export function xattrBytes(xattrs: ReadonlyMap<string, Uint8Array> | undefined): number {
  if (xattrs === undefined || xattrs.size === 0) return 0;
  let bytes = headerSize;
  for (const [name, value] of xattrs) bytes += entryBytes(suffixOf(name).length, value.length);
  if (bytes > maxBytes) throw invalid("its extended attributes are too long");
  return bytes;
}

export function encodeXattrs(xattrs: ReadonlyMap<string, Uint8Array>): Buffer {
  const bytes = Buffer.alloc(xattrBytes(xattrs));
  let at = headerSize;
  for (const [name, value] of xattrs) {
    const suffix = suffixOf(name);
    bytes.writeUInt8(suffix.length, at);
    bytes.writeUInt8(prefixOf(name)?.[1] ?? 0, at + 1);
    bytes.writeUInt16LE(value.length, at + 2);
    bytes.set(suffix, at + entrySize);
    bytes.set(value, at + entrySize + suffix.length);
    at += entryBytes(suffix.length, value.length);
  }
  return bytes;
}

/** What an inode says of the length of its attributes: the header counts as one unit of 4 bytes. */
export function xattrCount(bytes: number): number {
  return bytes === 0 ? 0 : (bytes - headerSize) / 4 + 1;
}

export function checkXattr(name: string, value: Uint8Array): void {
  if (suffixOf(name).length <= maxNameBytes && value.length <= maxValueBytes) return;
  throw invalid(`its extended attribute ${name} is too long`);
}

function suffixOf(name: string): Buffer {
  return Buffer.from(name.slice(prefixOf(name)?.[0].length ?? 0));
}

function prefixOf(name: string) {
  return prefixes.find(([prefix]) => (prefix.endsWith(".") ? name.startsWith(prefix) : name === prefix));
}

function entryBytes(name: number, value: number): number {
  return Math.ceil((entrySize + name + value) / 4) * 4;
}
