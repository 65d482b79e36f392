import { invalid } from "../../errors/index.ts";
import { Decompressor } from "./decompressor.ts";

export type Compression = "none" | "gzip" | "zstd" | "bzip2" | "xz";

/** The first bytes of each (RFC 1952, RFC 8878, …). */
const magics: readonly [Compression, readonly number[]][] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];
const magicBytes = 6;

/** How an archive is compressed, told from its first bytes, since names and media types are often wrong. */
export function compressionOf(start: Uint8Array): Compression {
  const found = magics.find(([, magic]) => magic.every((byte, index) => start[index] === byte));
  return found?.[0] ?? "none";
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Calls `consume` with the uncompressed bytes, which are valid during the call. What is wrong with the compression is
 * `invalid`.
 */
export async function decompress(source: Chunks, consume: (chunk: Uint8Array) => void): Promise<void> {
  const chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < magicBytes) {
    const next = await chunks.next();
    if (next.done) break;
    // A short piece's memory may be used again before there are enough.
    const isEnough = start.length === 0 && next.value.length >= magicBytes;
    start = isEnough ? next.value : Buffer.concat([start, next.value]);
  }
  const compression = compressionOf(start);
  if (compression === "bzip2" || compression === "xz")
    throw invalid(`archives compressed with ${compression} are not supported: use gzip or zstd`);
  const decompressor = compression === "none" ? undefined : new Decompressor(compression, consume);
  const take = (chunk: Uint8Array) =>
    decompressor === undefined ? consume(chunk) : decompressor.write(chunk);
  take(start);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) take(next.value);
  decompressor?.finish();
}
