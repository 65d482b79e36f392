import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { link, open, opendir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, invalid, notFound } from "../errors/index.ts";
import { type Digest, digestFromHex, hexOf, isDigest } from "../oci/digest.ts";
import { GatheringWriter } from "./gathering-writer.ts";
import { hashFile } from "./hash.ts";

/** What bytes must be to be taken in; what is not said is not checked. */
export interface Expected {
  readonly digest?: Digest;
  readonly size?: number;
}

export interface IngestOptions {
  readonly signal?: AbortSignal;
  /** Told each time bytes were added: the file that they are in, under this name until the blob is complete. */
  readonly onGrowth?: (path: string, size: number) => void;
  /** False: whoever refers to the blob durably flushes the file system before. */
  readonly sync?: boolean;
}

export interface BlobInfo {
  readonly digest: Digest;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/**
 * Blobs by digest: `<root>/blobs/sha256/<hex>`. A blob becomes visible complete, verified and (unless its maker
 * cares for that) on the disk, or not at all; it never changes. Any number of ingests may run, of the same blob as
 * well.
 */
export class ContentStore {
  readonly #blobs: string;
  readonly #ingests: string;
  #ingested = 0;

  /** Opens a store, makes it where there is none, and deletes what interrupted ingests left. */
  constructor(root: string) {
    this.#blobs = join(root, "blobs", "sha256");
    this.#ingests = join(root, "ingest");
    mkdirSync(this.#blobs, { recursive: true, mode: 0o700 });
    mkdirSync(this.#ingests, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#ingests)) rmSync(join(this.#ingests, name));
  }

  /**
   * Takes bytes in; they must not change any more. `invalid` when they are not what was expected; a source that fails, or an aborted signal, leaves
   * nothing behind.
   */
  async ingest(
    source: AsyncIterable<Uint8Array>,
    expected: Expected = {},
    { signal, onGrowth, sync = true }: IngestOptions = {},
  ): Promise<BlobInfo> {
    const temporary = join(this.#ingests, `${process.pid}-${++this.#ingested}`);
    const file = await open(temporary, "wx", 0o600);
    try {
      const output = new GatheringWriter(file);
      const hasher = new Bun.CryptoHasher("sha256");
      let size = 0;
      for await (const chunk of source) {
        signal?.throwIfAborted();
        size += chunk.length;
        if (expected.size !== undefined && size > expected.size)
          throw wrongSize(expected.size, `more than that`);
        hasher.update(chunk);
        if (await output.write(chunk)) onGrowth?.(temporary, output.written);
      }
      await output.flush();
      onGrowth?.(temporary, output.written);
      const digest = digestFromHex(hasher.digest("hex"));
      verify({ digest, size }, expected);
      if (sync) await file.sync();
      await rename(temporary, this.path(digest));
      if (sync) await this.#syncBlobs();
      return await this.info(digest);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  /**
   * Takes in a file on the same file system without copying it, by a further name; it must not be written to any
   * more. Its digest is computed, not believed.
   */
  async adopt(path: string, expected: Expected = {}): Promise<BlobInfo> {
    const found = await hashFile(path);
    verify(found, expected);
    const file = await open(path, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(path, this.path(found.digest));
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    await this.#syncBlobs();
    return await this.info(found.digest);
  }

  /** Where the blob is, or would be. */
  path(digest: Digest): string {
    return join(this.#blobs, hexOf(digest));
  }

  async has(digest: Digest): Promise<boolean> {
    try {
      await this.info(digest);
      return true;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  /** `notFound` when there is no such blob. */
  async info(digest: Digest): Promise<BlobInfo> {
    try {
      const { size, mtimeMs } = await stat(this.path(digest));
      return { digest, size, created: mtimeMs };
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      throw notFound(`there is no blob ${digest}`, { errno: "ENOENT" });
    }
  }

  /** The whole of a blob of at most `limit` bytes, such as a manifest; a longer one is `invalid`. */
  async readSmall(digest: Digest, limit: number): Promise<Buffer> {
    const { size } = await this.info(digest);
    if (size > limit)
      throw invalid(`the blob ${digest} has ${size} bytes, more than ${limit}, the limit for its kind`);
    return await readFile(this.path(digest));
  }

  /** Whoever reads the blob at the moment can finish. Nothing happens when there is none. */
  async delete(digest: Digest): Promise<void> {
    await rm(this.path(digest), { force: true });
  }

  async *walk(): AsyncGenerator<BlobInfo> {
    for await (const { name } of await opendir(this.#blobs)) {
      const digest = `sha256:${name}`;
      if (isDigest(digest) && (await this.has(digest))) yield await this.info(digest);
    }
  }

  async #syncBlobs(): Promise<void> {
    const directory = await open(this.#blobs, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

function verify(found: { digest: Digest; size: number }, expected: Expected): void {
  if (expected.size !== undefined && found.size !== expected.size)
    throw wrongSize(expected.size, `${found.size}`);
  if (expected.digest !== undefined && found.digest !== expected.digest) {
    throw invalid(`the content's digest is ${found.digest}, not ${expected.digest} as announced`);
  }
}

function wrongSize(expected: number, found: string): Error {
  return invalid(`the content should have ${expected} bytes and has ${found}`);
}
