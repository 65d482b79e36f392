import { invalid } from "../errors/index.ts";
import type { EntryType, SparseRegion, TarHeader } from "./header.ts";
import { decodeName } from "./name.ts";
import { type PaxRecords, parsePaxTime, xattrsOf } from "./pax.ts";
import { parseMap, readOldMap } from "./sparse.ts";
import { checksum, readNumber, readText, signedChecksum } from "./ustar.ts";

/** A header block as it stands, before extended headers have their say. */
export interface RawHeader {
  name: string;
  mode: number;
  uid: number;
  gid: number;
  /** Bytes in the archive. */
  size: number;
  mtime: number;
  flag: string;
  linkName: string;
  devMajor: number;
  devMinor: number;
}

const types: Readonly<Record<string, EntryType>> = {
  "\0": "file",
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "directory",
  "6": "fifo",
  "7": "file",
  S: "file",
};

/** Checks a block's checksum and reads its fields. */
export function parseBlock(block: Uint8Array): RawHeader {
  const sum = readNumber(block, 148, 8);
  if (sum !== checksum(block) && sum !== signedChecksum(block)) {
    throw invalid("not a tar archive: a header's checksum is wrong");
  }
  const magic = readText(block, 257, 8);
  const posix = magic === "ustar" || magic === "ustar00";
  const prefix = posix && block[262] === 0 ? readText(block, 345, 155) : "";
  const name = readText(block, 0, 100);
  const flag = String.fromCharCode(block[156] as number);
  const isDevice = flag === "3" || flag === "4";
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    mode: readNumber(block, 100, 8),
    uid: readNumber(block, 108, 8),
    gid: readNumber(block, 116, 8),
    size: readNumber(block, 124, 12),
    mtime: readNumber(block, 136, 12),
    flag,
    linkName: readText(block, 157, 100),
    devMajor: isDevice ? readNumber(block, 329, 8) : 0,
    devMinor: isDevice ? readNumber(block, 337, 8) : 0,
  };
}

/** Where the data of the member at hand belongs. */
export class Sparse {
  isSparse = false;
  regions: SparseRegion[] = [];
  /** Further header blocks with more of the map follow (old GNU format). */
  continues = false;
  /** The map comes before the data (GNU sparse 1.0). */
  mapInData = false;
  mapBytes: Uint8Array[] = [];
  header: TarHeader | undefined;
  realSize: number | undefined;
  position = 0;
  #region = 0;
  #within = 0;
  #newlines = 0;
  #wanted = -1;

  static old(_raw: RawHeader, block: Uint8Array): Sparse {
    const sparse = new Sparse();
    sparse.isSparse = true;
    readOldMap(block, 386, 4, sparse.regions);
    sparse.continues = block[482] !== 0;
    sparse.realSize = readNumber(block, 483, 12);
    return sparse;
  }

  rewind(): void {
    this.position = 0;
    this.#region = 0;
    this.#within = 0;
  }

  /** Parses the map once enough lines have come, so that a long one is not read over and over. */
  takeMapBlock<T>(block: Uint8Array, parse: (data: Uint8Array) => T): T | undefined {
    for (const byte of block) if (byte === 0x0a) this.#newlines++;
    if (this.#newlines === 0) return undefined;
    const first = this.mapBytes.length === 1 || this.#wanted < 0;
    if (first)
      this.#wanted = 1 + 2 * Number.parseInt(Buffer.concat(this.mapBytes).toString("latin1", 0, 20), 10);
    if (this.#newlines < this.#wanted) return undefined;
    return parse(Buffer.concat(this.mapBytes));
  }

  deliver(chunk: Uint8Array, sink: { data(chunk: Uint8Array, offset: number): void }): void {
    for (let at = 0; at < chunk.length; ) {
      const region = this.regions[this.#region];
      if (region === undefined) throw invalid("a sparse file in the archive has more data than its map says");
      const count = Math.min(chunk.length - at, region.size - this.#within);
      if (count > 0) sink.data(chunk.subarray(at, at + count), region.offset + this.#within);
      at += count;
      this.#within += count;
      if (this.#within < region.size) continue;
      this.#region++;
      this.#within = 0;
    }
  }
}

/**
 * Joins a header block with what came before it. `stored` is the length of the data in the archive; no header
 * for members that are no files, such as a volume's label.
 */
export function finishHeader(
  raw: RawHeader,
  records: PaxRecords,
  longName: string | undefined,
  longLink: string | undefined,
  sparse: Sparse,
): { header: TarHeader | undefined; stored: number } {
  const text = (key: string) => textOf(records, key);
  const name = text("GNU.sparse.name") ?? text("path") ?? longName ?? raw.name;
  // Before there was a type for directories they were files with a slash at the end.
  const oldDirectory = (raw.flag === "0" || raw.flag === "\0") && name.endsWith("/");
  const type = oldDirectory ? "directory" : types[raw.flag];
  const stored = type === undefined || type === "file" ? (numberOf(records, "size") ?? raw.size) : 0;
  if (raw.flag === "V") return { header: undefined, stored };
  if (type === undefined) throw invalid(`the archive holds "${name}" of the unknown type "${raw.flag}"`);
  if (name.includes("\0")) throw invalid("the archive holds a name with a NUL byte");
  readPaxSparse(records, sparse);
  const size = sparse.isSparse ? (sparse.realSize ?? 0) : stored;
  const mtime = text("mtime");
  return {
    stored,
    header: {
      name,
      type,
      mode: raw.mode & 0o7777,
      uid: numberOf(records, "uid") ?? raw.uid,
      gid: numberOf(records, "gid") ?? raw.gid,
      size,
      mtime: mtime === undefined ? BigInt(raw.mtime) * 1_000_000_000n : parsePaxTime(mtime),
      linkName: text("linkpath") ?? longLink ?? raw.linkName,
      devMajor: raw.devMajor,
      devMinor: raw.devMinor,
      xattrs: xattrsOf(records),
    },
  };
}

function readPaxSparse(records: PaxRecords, sparse: Sparse): void {
  const major = textOf(records, "GNU.sparse.major");
  const map = textOf(records, "GNU.sparse.map");
  if (major === undefined && map === undefined) return;
  sparse.isSparse = true;
  sparse.realSize = numberOf(records, "GNU.sparse.realsize") ?? numberOf(records, "GNU.sparse.size");
  if (map !== undefined) sparse.regions = parseMap(map);
  else if (major === "1") sparse.mapInData = true;
  else throw invalid(`the archive holds a sparse file of the unknown format ${major}`);
}

function textOf(records: PaxRecords, key: string): string | undefined {
  if (records.size === 0) return undefined;
  const value = records.get(key);
  return value === undefined ? undefined : decodeName(value);
}

function numberOf(records: PaxRecords, key: string): number | undefined {
  const text = textOf(records, key);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw invalid(`not a tar archive: "${text}" is no ${key}`);
  return value;
}
