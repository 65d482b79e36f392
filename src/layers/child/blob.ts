import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { compressionOf } from "./decompress.ts";

const chunkBytes = 1 << 20;

/** A layer's file, opened before the root directory changes. */
export class Blob {
  readonly size: number;
  /** Bytes read so far. */
  read = 0;
  readonly #fd: number;
  readonly #hasher = new Bun.CryptoHasher("sha256");

  readonly isCompressed: boolean;

  constructor(path: string) {
    this.#fd = openSync(path, "r");
    this.size = fstatSync(this.#fd).size;
    const start = Buffer.alloc(6);
    readSync(this.#fd, start, 0, start.length, 0);
    this.isCompressed = compressionOf(start) !== "none";
  }

  /** The bytes as stored. */
  *chunks(): Generator<Buffer> {
    // Decompressors keep what they are given for a while; a tar archive is consumed at once.
    const reuse = !this.isCompressed;
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
