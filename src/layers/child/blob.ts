import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { errnoOf, invalid, SlipwayError } from "../../errors/index.ts";

const chunkBytes = 1 << 20;

/** How a layer is compressed; told from its first bytes, since media types are often wrong. */
export type Compression = "none" | "gzip" | "zstd";

/** A blob opened before the root directory changes. */
export class Blob {
  readonly size: number;
  readonly #fd: number;
  readonly #hasher = new Bun.CryptoHasher("sha256");
  read = 0;

  constructor(path: string) {
    this.#fd = openSync(path, "r");
    this.size = fstatSync(this.#fd).size;
  }

  get compression(): Compression {
    const start = Buffer.alloc(4);
    readSync(this.#fd, start, 0, 4, 0);
    if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
    return start.readUInt32LE() === 0xfd2fb528 ? "zstd" : "none";
  }

  /** The bytes as stored; each chunk is valid until the next is asked for. */
  *chunks(reuse: boolean): Generator<Buffer> {
    let buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const count = readSync(this.#fd, buffer, 0, chunkBytes, this.read);
      if (count === 0) break;
      this.read += count;
      const chunk = buffer.subarray(0, count);
      this.#hasher.update(chunk);
      yield chunk;
      if (!reuse) buffer = Buffer.allocUnsafe(chunkBytes);
    }
    closeSync(this.#fd);
  }

  /** SHA-256 of what was read, in hexadecimal. */
  digest(): string {
    return this.#hasher.digest("hex");
  }
}

/** Calls `consume` with the blob's uncompressed bytes. What is wrong with the compression is `invalid`. */
export async function decompress(blob: Blob, consume: (chunk: Uint8Array) => void): Promise<void> {
  const { compression } = blob;
  if (compression === "none") {
    for (const chunk of blob.chunks(true)) consume(chunk);
    return;
  }
  const stream =
    compression === "gzip"
      ? createGunzip({ chunkSize: chunkBytes })
      : createZstdDecompress({ chunkSize: chunkBytes });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.on("data", (chunk: Buffer) => {
    try {
      consume(chunk);
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
  stream.on("end", resolve);
  stream.on("error", (error) => reject(asInvalid(error)));
  const fed = feed(blob, stream);
  await Promise.all([promise, fed]);
}

async function feed(blob: Blob, stream: NodeJS.WritableStream & { destroyed: boolean }): Promise<void> {
  for (const chunk of blob.chunks(false)) {
    if (stream.destroyed) return;
    await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
  }
  stream.end();
}

function asInvalid(error: unknown): unknown {
  if (error instanceof SlipwayError) return error;
  const code = errnoOf(error) ?? "";
  return /^(Z_|ZSTD_|ERR_)/.test(code)
    ? invalid(`the layer's compression is damaged or truncated (${code})`, { cause: error })
    : error;
}
