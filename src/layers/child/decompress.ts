import { createGunzip, createZstdDecompress } from "node:zlib";
import { errnoOf, invalid, SlipwayError } from "../../errors/index.ts";

export type Compression = "none" | "gzip" | "zstd" | "bzip2" | "xz";

/** The first bytes of each (RFC 1952, RFC 8878, …). */
const magics: readonly [Compression, readonly number[]][] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];
const magicBytes = 6;
const chunkSize = 1 << 20;

/** How an archive is compressed, told from its first bytes, since names and media types are often wrong. */
export function compressionOf(start: Uint8Array): Compression {
  const found = magics.find(([, magic]) => magic.every((byte, index) => start[index] === byte));
  return found?.[0] ?? "none";
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Calls `consume` with the uncompressed bytes. What is wrong with the compression is `invalid`. */
export async function decompress(source: Chunks, consume: (chunk: Uint8Array) => void): Promise<void> {
  const chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < magicBytes) {
    const next = await chunks.next();
    if (next.done) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  const compression = compressionOf(start);
  if (compression === "none") {
    consume(start);
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) consume(next.value);
    return;
  }
  const stream = decompressor(compression);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.on("end", resolve);
  stream.on("error", (error) => reject(asInvalid(error)));
  stream.on("data", (chunk: Buffer) => {
    try {
      consume(chunk);
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
  await Promise.all([promise, feed(start, chunks, stream)]);
}

function decompressor(compression: Compression) {
  if (compression === "gzip") return createGunzip({ chunkSize });
  if (compression === "zstd") return createZstdDecompress({ chunkSize });
  throw invalid(`archives compressed with ${compression} are not supported: use gzip or zstd`);
}

async function feed(
  start: Uint8Array,
  chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
  stream: ReturnType<typeof decompressor>,
): Promise<void> {
  for (let chunk = start; ; ) {
    await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
    if (stream.destroyed) return;
    const next = await chunks.next();
    if (next.done) break;
    chunk = next.value;
  }
  stream.end();
}

function asInvalid(error: unknown): unknown {
  if (error instanceof SlipwayError || !/^(Z_|ZSTD_|ERR_)/.test(errnoOf(error) ?? "")) return error;
  return invalid(`the archive's compression is damaged or truncated (${errnoOf(error)})`, { cause: error });
}
