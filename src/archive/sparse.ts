import { invalid } from "../errors/index.ts";
import type { SparseRegion } from "./header.ts";
import { readNumber } from "./ustar.ts";

/** More stretches than this are refused: a map is kept in memory. */
const maxRegions = 1 << 20;
const entryBytes = 24;

/** Entries of an old GNU sparse map: offset and size of 12 bytes each, from `at`, at most `count`. */
export function readOldMap(block: Uint8Array, at: number, count: number, into: SparseRegion[]): void {
  for (let i = 0; i < count; i++) {
    const from = at + i * entryBytes;
    // An unused entry begins with a NUL: the list ends.
    if (block[from] === 0) return;
    into.push({ offset: readNumber(block, from, 12), size: readNumber(block, from + 12, 12) });
  }
  if (into.length > maxRegions) throw invalid("a sparse file in the archive has too many pieces");
}

/** `offset,size,offset,size` of the PAX keyword GNU.sparse.map (GNU sparse format 0.0 and 0.1). */
export function parseMap(text: string): SparseRegion[] {
  return pairs(text.split(","));
}

/**
 * The map before a file's data in GNU sparse format 1.0: decimal lines, first their number of pairs, padded to
 * whole blocks. Undefined while `data` does not yet hold all of it; otherwise the map and its length in bytes.
 */
export function parseDataMap(data: Uint8Array): { regions: SparseRegion[]; bytes: number } | undefined {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
  const firstEnd = text.indexOf("\n");
  if (firstEnd < 0) return undefined;
  const count = Number(text.slice(0, firstEnd));
  if (!Number.isInteger(count) || count < 0 || count > maxRegions) throw malformed();
  let at = firstEnd + 1;
  const numbers: string[] = [];
  while (numbers.length < count * 2) {
    const end = text.indexOf("\n", at);
    if (end < 0) return undefined;
    numbers.push(text.slice(at, end));
    at = end + 1;
  }
  return { regions: pairs(numbers), bytes: Math.ceil(at / 512) * 512 };
}

/** The stretches must ascend, lie within the file and together be as long as what is stored. */
export function checkMap(regions: readonly SparseRegion[], size: number, stored: number): void {
  let end = 0;
  let total = 0;
  for (const region of regions) {
    if (region.offset < end || region.size < 0) throw malformed();
    end = region.offset + region.size;
    total += region.size;
  }
  if (end > size || total !== stored) throw malformed();
}

function pairs(numbers: readonly string[]): SparseRegion[] {
  if (numbers.length % 2 !== 0 || numbers.length / 2 > maxRegions) throw malformed();
  const regions: SparseRegion[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    const [offset, size] = [Number(numbers[i]), Number(numbers[i + 1])];
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(size)) throw malformed();
    regions.push({ offset, size });
  }
  return regions;
}

function malformed(): Error {
  return invalid("not a tar archive: the map of a sparse file is malformed");
}
