import { blockSize, paddingAfter, type TarHeader, typeFlags } from "./header.ts";
import { encodeName } from "./name.ts";
import { formatPax, formatPaxTime } from "./pax.ts";
import { checksum, writeNumber } from "./ustar.ts";

const maxOctal8 = 0o7777777;
const maxOctal12 = 0o77777777777;
const second = 1_000_000_000n;

/** Two blocks of zeros: the end of an archive. */
export const endOfArchive: Uint8Array = new Uint8Array(2 * blockSize);

/** The zeros that follow a file's data. */
export function padding(size: number): Uint8Array {
  return endOfArchive.subarray(0, paddingAfter(size));
}

/**
 * The blocks before a member's data: a ustar header, with a PAX header in front for what does not fit. The same
 * header always gives the same bytes, and Go's archive/tar reads them. Sparse files are written in full.
 */
export function encodeHeader(header: TarHeader): Uint8Array {
  const name = encodeName(nameInArchive(header));
  const link = encodeName(header.linkName);
  const records = paxRecords(header, name, link);
  const block = ustarBlock(header, splitName(name) ?? [name.subarray(0, 100), Buffer.alloc(0)], link);
  if (records.length === 0) return block;
  const data = Buffer.concat(records);
  return Buffer.concat([paxBlock(name, data.length), data, padding(data.length), block]);
}

function nameInArchive({ name, type }: TarHeader): string {
  return type === "directory" && !name.endsWith("/") ? `${name}/` : name;
}

function paxRecords(header: TarHeader, name: Buffer, link: Buffer): Buffer[] {
  const records: [string, Uint8Array | string][] = [];
  for (const [key, value] of [...header.xattrs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    records.push([`SCHILY.xattr.${key}`, value]);
  }
  if (header.gid > maxOctal8) records.push(["gid", String(header.gid)]);
  if (link.length > 100 || !isAscii(link)) records.push(["linkpath", link]);
  if (header.mtime % second !== 0n || header.mtime < 0n || header.mtime / second > BigInt(maxOctal12)) {
    records.push(["mtime", formatPaxTime(header.mtime)]);
  }
  if (splitName(name) === undefined) records.push(["path", name]);
  if (header.size > maxOctal12) records.push(["size", String(header.size)]);
  if (header.uid > maxOctal8) records.push(["uid", String(header.uid)]);
  return records.map(([key, value]) =>
    formatPax(key, typeof value === "string" ? Buffer.from(value) : value),
  );
}

/** Name and prefix of a ustar header; undefined when the name fits neither alone nor split at a slash. */
function splitName(name: Buffer): [name: Buffer, prefix: Buffer] | undefined {
  if (!isAscii(name)) return undefined;
  if (name.length <= 100) return [name, Buffer.alloc(0)];
  if (name.length > 256) return undefined;
  const slash = name.subarray(0, Math.min(156, name.length - 1)).lastIndexOf(0x2f);
  if (slash <= 0 || name.length - slash - 1 > 100) return undefined;
  return [name.subarray(slash + 1), name.subarray(0, slash)];
}

function isAscii(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 127) return false;
  return true;
}

function ustarBlock(header: TarHeader, [name, prefix]: [Buffer, Buffer], link: Buffer): Buffer {
  const block = Buffer.alloc(blockSize);
  const seconds = header.mtime / second;
  const isDevice = header.type === "char" || header.type === "block";
  name.copy(block, 0);
  writeNumber(block, 100, 8, header.mode & 0o7777);
  writeNumber(block, 108, 8, clamp(header.uid, maxOctal8));
  writeNumber(block, 116, 8, clamp(header.gid, maxOctal8));
  writeNumber(block, 124, 12, header.type === "file" ? clamp(header.size, maxOctal12) : 0);
  writeNumber(block, 136, 12, seconds < 0n || seconds > BigInt(maxOctal12) ? 0 : Number(seconds));
  block[156] = typeFlags[header.type].charCodeAt(0);
  link.copy(block, 157, 0, Math.min(link.length, 100));
  block.write("ustar\x0000", 257, "latin1");
  writeNumber(block, 329, 8, isDevice ? header.devMajor : 0);
  writeNumber(block, 337, 8, isDevice ? header.devMinor : 0);
  prefix.copy(block, 345);
  return seal(block);
}

/** What does not fit is in the PAX header, which counts. */
function clamp(value: number, limit: number): number {
  return value > limit ? 0 : value;
}

function paxBlock(name: Buffer, size: number): Buffer {
  const text = name.toString("latin1").replace(/\/+$/, "");
  const slash = text.lastIndexOf("/");
  const path = `${text.slice(0, slash + 1)}PaxHeaders.0/${text.slice(slash + 1)}`.replace(/[^ -~]/g, "_");
  const block = Buffer.alloc(blockSize);
  block.write(path.slice(0, 100), 0, "latin1");
  for (const at of [100, 108, 116]) writeNumber(block, at, 8, 0);
  writeNumber(block, 124, 12, size);
  writeNumber(block, 136, 12, 0);
  block[156] = "x".charCodeAt(0);
  block.write("ustar\x0000", 257, "latin1");
  return seal(block);
}

/** The checksum: six octal digits, NUL, space. */
function seal(block: Buffer): Buffer {
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
