import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Digest, digestFromHex } from "../../oci/digest.ts";
import { compressionOf } from "./decompress.ts";

/** Little enough to stay in a core's cache from the read to the write. */
const chunkBytes = 1 << 17;
const stdin = 0;
const rings = Buffer.alloc(4096);

/** A layer's file, opened before the root directory changes; it may still grow. */
export class Blob {
  readonly size: number;
  /** Bytes read so far. */
  read = 0;
  readonly #fd: number;
  readonly #hasher: Bun.CryptoHasher | undefined;
  #growing: boolean;

  readonly isCompressed: boolean;

  /** One that grows is hashed by whoever writes it, and standard input tells when it has grown, by ending when no more. */
  constructor(path: string, options: { growing: boolean }) {
    this.#growing = options.growing;
    this.#hasher = options.growing ? undefined : new Bun.CryptoHasher("sha256");
    this.#fd = openSync(path, "r");
    this.size = fstatSync(this.#fd).size;
    const start = Buffer.alloc(6);
    readSync(this.#fd, start, 0, start.length, 0);
    this.isCompressed = compressionOf(start) !== "none";
  }

  /** The bytes as stored. A chunk holds until the next is asked for. */
  *chunks(): Generator<Buffer> {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const count = readSync(this.#fd, buffer, 0, chunkBytes, this.read);
      if (count === 0) {
        if (!this.#growing) break;
        // Blocks until the bell rings. What came before its end is read after it.
        this.#growing = readSync(stdin, rings) > 0;
        continue;
      }
      this.read += count;
      const chunk = buffer.subarray(0, count);
      this.#hasher?.update(chunk);
      yield chunk;
    }
    closeSync(this.#fd);
  }

  /** SHA-256 of what was read; undefined for a file that grew. */
  digest(): Digest | undefined {
    return this.#hasher && digestFromHex(this.#hasher.digest("hex"));
  }
}
