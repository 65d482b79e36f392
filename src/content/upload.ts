import { type FileHandle, rm } from "node:fs/promises";
import { conflict } from "../errors/index.ts";
import { type Digest, digestFromHex } from "../oci/digest.ts";
import { append, type Growth } from "./append.ts";
import type { BlobInfo } from "./blob-info.ts";
import type { IngestOptions } from "./ingest.ts";
import { verify } from "./verify.ts";

/** A blob that comes in pieces. Nothing of it is visible until it is finished. */
export class BlobUpload {
  readonly #growth: Growth;
  #busy = false;

  constructor(
    private readonly file: FileHandle,
    path: string,
    private readonly publish: (digest: Digest) => Promise<BlobInfo>,
  ) {
    this.#growth = { path, size: 0, hasher: new Bun.CryptoHasher("sha256") };
  }

  /** Bytes that have come. */
  get size(): number {
    return this.#growth.size;
  }

  /**
   * Adds a piece; what came of it before its source failed or the signal was aborted stays. `conflict` while another
   * is being added.
   */
  async append(source: AsyncIterable<Uint8Array>, options: Pick<IngestOptions, "signal">): Promise<void> {
    await this.#alone(() => append(this.file, this.#growth, source, {}, options));
  }

  /** Makes the blob visible and durable. `invalid` when it is another one than was expected; it is gone then. */
  async finish(digest: Digest): Promise<BlobInfo> {
    return await this.#alone(async () => {
      try {
        verify({ digest: digestFromHex(this.#growth.hasher.digest("hex")), size: this.size }, { digest });
        await this.file.sync();
        return await this.publish(digest);
      } catch (error) {
        await rm(this.#growth.path, { force: true });
        throw error;
      } finally {
        await this.file.close();
      }
    });
  }

  /** Throws everything away. */
  async cancel(): Promise<void> {
    await this.file.close();
    await rm(this.#growth.path, { force: true });
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw conflict("another piece of this upload is on its way");
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
