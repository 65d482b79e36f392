import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, link, open, opendir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { conflict, errnoOf, invalid, notFound, SlipwayError } from "../errors/index.ts";
import { type Digest, digestFromHex, hexOf, isDigest } from "../oci/digest.ts";
import { append } from "./append.ts";
import type { BlobInfo } from "./blob-info.ts";
import { hashFile } from "./hash.ts";
import type { Expected, IngestOptions } from "./ingest.ts";
import { isStale, partialName, takeUp } from "./partial.ts";
import { BlobUpload } from "./upload.ts";
import { verify } from "./verify.ts";

/** Where a blob comes from in several attempts: its bytes from an offset on. */
export type Resumable = (offset: number) => AsyncIterable<Uint8Array>;

/**
 * Blobs by digest: `<root>/blobs/sha256/<hex>`. A blob becomes visible complete, verified and (unless its maker
 * cares for that) on the disk, or not at all; it never changes. Any number of ingests may run, of the same blob as
 * well. What `fetch` got of a blob before it failed is kept in `<root>/ingest/partial-<hex>` for the next attempt.
 */
export class ContentStore {
  readonly #blobs: string;
  readonly #ingests: string;
  readonly #fetching = new Set<Digest>();
  #ingested = 0;

  /** Opens a store, makes it where there is none, and deletes what interrupted ingests left, partial blobs after a week. */
  constructor(root: string) {
    this.#blobs = join(root, "blobs", "sha256");
    this.#ingests = join(root, "ingest");
    mkdirSync(this.#blobs, { recursive: true, mode: 0o700 });
    mkdirSync(this.#ingests, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#ingests)) {
      const path = join(this.#ingests, name);
      if (isStale(path)) rmSync(path);
    }
  }

  /**
   * Takes bytes in; they must not change any more. `invalid` when they are not what was expected; a source that fails, or an aborted signal, leaves
   * nothing behind.
   */
  async ingest(
    source: AsyncIterable<Uint8Array>,
    expected: Expected = {},
    { sync = true, ...options }: IngestOptions = {},
  ): Promise<BlobInfo> {
    return await this.#written(sync, async (file, path) => {
      const growth = { path, size: 0, hasher: new Bun.CryptoHasher("sha256") };
      await append(file, growth, source, expected, options);
      const digest = digestFromHex(growth.hasher.digest("hex"));
      verify({ digest, size: growth.size }, expected);
      if (sync) await file.sync();
      return digest;
    });
  }

  /**
   * Takes in what another process writes into an open file (a descriptor, and its path until then), flushes unless `sync` is
   * false, and says the digest of. Nothing is left of it when `write` fails, or it is not what was expected and said.
   */
  async take(
    write: (file: number, path: string) => Promise<Required<Expected>>,
    expected: Expected = {},
    { sync = true }: Pick<IngestOptions, "sync"> = {},
  ): Promise<BlobInfo> {
    return await this.#written(sync, async (file, path) => {
      const { digest, size } = await write(file.fd, path);
      const found = { digest, size: (await file.stat()).size };
      verify(found, { size });
      verify(found, expected);
      return digest;
    });
  }

  /** A new file that becomes the blob whose digest `fill` answers. Nothing is left of it when that fails. */
  async #written(
    sync: boolean,
    fill: (file: FileHandle, path: string) => Promise<Digest>,
  ): Promise<BlobInfo> {
    const temporary = join(this.#ingests, `${process.pid}-${++this.#ingested}`);
    const file = await open(temporary, "wx", 0o600);
    try {
      const digest = await fill(file, temporary);
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

  /** Begins a blob that comes in pieces and says last what it is; an engine that is killed takes it away. */
  async begin(): Promise<BlobUpload> {
    const path = join(this.#ingests, `${process.pid}-${++this.#ingested}`);
    const file = await open(path, "wx", 0o600);
    return new BlobUpload(file, path, async (digest) => {
      await rename(path, this.path(digest));
      await this.#syncBlobs();
      return await this.info(digest);
    });
  }

  /**
   * Brings a blob here that is known by digest and size and comes from elsewhere; it is complete and verified then, and
   * becomes visible with `publish`. After a failure, an abort or a crash what had come is kept, and the next call goes
   * on behind it; bytes that prove wrong (`invalid`) are thrown away, so that the next call begins anew. `conflict`
   * while the same blob is being fetched.
   */
  async fetch(
    expected: Required<Expected>,
    source: Resumable,
    options: Omit<IngestOptions, "sync"> = {},
  ): Promise<void> {
    const { digest, size } = expected;
    if (this.#fetching.has(digest)) throw conflict(`the blob ${digest} is being fetched already`);
    this.#fetching.add(digest);
    const path = this.#partial(digest);
    const file = await open(path, "a+", 0o600);
    try {
      const growth = await takeUp(file, path, size, options.signal);
      if (growth.size > 0) options.onGrowth?.(path, growth.size);
      if (growth.size < size) await append(file, growth, source(growth.size), expected, options);
      verify({ digest: digestFromHex(growth.hasher.digest("hex")), size: growth.size }, expected);
    } catch (error) {
      if (error instanceof SlipwayError && error.kind === "invalid") await rm(path, { force: true });
      throw error;
    } finally {
      this.#fetching.delete(digest);
      await file.close();
    }
  }

  /** Makes a fetched blob visible, on the disk when the file system is flushed; nothing when it is there already. */
  async publish(digest: Digest): Promise<void> {
    try {
      await rename(this.#partial(digest), this.path(digest));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT" || !(await this.has(digest))) throw error;
    }
  }

  /** Where a blob's bytes are that is here, be it published or only fetched. */
  async locate(digest: Digest): Promise<string> {
    return (await this.has(digest)) ? this.path(digest) : this.#partial(digest);
  }

  /** How many bytes of a blob a `fetch` has brought that are not published. */
  async fetched(digest: Digest): Promise<number> {
    try {
      return (await stat(this.#partial(digest))).size;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return 0;
      throw error;
    }
  }

  #partial(digest: Digest): string {
    return join(this.#ingests, partialName(digest));
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
