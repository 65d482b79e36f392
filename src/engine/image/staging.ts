import { randomUUID } from "node:crypto";
import { statfs } from "node:fs/promises";
import type { BlobInfo, Expected, IngestOptions, Resumable } from "../../content/index.ts";
import { invalid, SlipwayError } from "../../errors/index.ts";
import { type ApplyProgress, applyLayer, type GrownLayer } from "../../layers/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { BlobFollower } from "./blob-follower.ts";
import type { Flush } from "./flushes.ts";
import { unpackingPrefix } from "./garbage.ts";
import type { ImageRooms } from "./rooms.ts";
import type { OnProgress, PackedLayer, StagedLayer, Stager, UnpackRequest } from "./staged-layer.ts";

/** How much of the free space one layer may take: a bomb must not fill the disk for everybody. */
const shareOfFreeSpace = 0.9;

/**
 * Unpacks layers for one piece of work, several at a time and, of blobs that it takes in, while they arrive. What is
 * not committed in the end is gone with it.
 */
export class Staging implements Stager {
  readonly #ended = new AbortController();
  readonly #early = new Map<Digest, BlobFollower>();
  /** Snapshots that are not committed. */
  readonly #keys = new Set<string>();
  readonly #running = new Set<Promise<unknown>>();
  readonly signal: AbortSignal;
  readonly flush: Flush;

  constructor(
    private readonly rooms: ImageRooms,
    signal: AbortSignal,
  ) {
    this.flush = rooms.flushes.begin();
    this.signal = AbortSignal.any([signal, this.#ended.signal]);
  }

  /**
   * Takes a blob into the content store and, when it looks like a layer, unpacks it as it comes. On the disk it is
   * only when the file system was flushed.
   */
  async ingest(
    source: AsyncIterable<Uint8Array>,
    expected: Expected = {},
    { owned = false }: Pick<IngestOptions, "owned"> = {},
  ): Promise<BlobInfo> {
    return await this.#following(async (options) => {
      return await this.rooms.content.ingest(source, expected, { ...options, owned, sync: false });
    });
  }

  /**
   * Brings a blob here that others may have begun with, and unpacks it as it comes; it is not published yet. Nobody else
   * may use the source's chunks. When what
   * an earlier attempt had left proves wrong, the blob is fetched from its beginning.
   */
  async fetch(expected: Required<Expected>, source: Resumable): Promise<void> {
    const { content } = this.rooms;
    const attempt = () =>
      this.#following(async (options) => {
        await content.fetch(expected, source, { ...options, owned: true });
        return expected;
      });
    const isResumed = (await content.fetched(expected.digest)) > 0;
    try {
      await attempt();
    } catch (error) {
      if (!isResumed || !(error instanceof SlipwayError) || error.kind !== "invalid") throw error;
      await attempt();
    }
  }

  async #following<T extends { digest: Digest }>(
    work: (options: Pick<IngestOptions, "signal" | "onGrowth">) => Promise<T>,
  ): Promise<T> {
    const follower = new BlobFollower(this);
    try {
      const onGrowth = (path: string, size: number) => follower.grown(path, size);
      const blob = await work({ signal: this.signal, onGrowth });
      if (follower.staged !== undefined && !this.#early.has(blob.digest))
        this.#early.set(blob.digest, follower);
      return blob;
    } finally {
      follower.complete();
    }
  }

  /** The layer, unpacked: now, unless that is done or under way. Errors: those of `applyLayer`. */
  async layer({ digest, diffID }: PackedLayer, onProgress: OnProgress): Promise<StagedLayer> {
    const early = this.#early.get(digest);
    this.#early.delete(digest);
    if (early !== undefined) early.onProgress = onProgress;
    const staged = await (early?.staged ?? this.#apply(digest, onProgress));
    const found = staged.diffID ?? digest;
    if (found !== diffID)
      throw invalid(`invalid diffID for layer ${digest}: expected "${diffID}", got "${found}"`);
    return staged;
  }

  #apply(digest: Digest, onProgress: OnProgress): Promise<StagedLayer> {
    return this.stage(async (request) => {
      const blob = await this.rooms.content.locate(digest);
      let former = 0;
      const tell = (progress: ApplyProgress) => {
        this.wrote(progress.unpacked - former);
        former = progress.unpacked;
        onProgress(progress);
      };
      return await applyLayer({ ...request, blob, digest }, { signal: this.signal, onProgress: tell });
    });
  }

  wrote(bytes: number): void {
    this.rooms.flushes.wrote(bytes);
  }

  /** Returns when what was taken in and unpacked is on the disk. */
  async sync(): Promise<void> {
    await this.rooms.flushes.complete(this.flush);
  }

  /** Runs one unpacking into a snapshot of its own as soon as a slot is free. */
  stage(unpack: (request: UnpackRequest) => Promise<GrownLayer>): Promise<StagedLayer> {
    const staged = this.rooms.unpacking.run(async () => {
      this.signal.throwIfAborted();
      const { snapshots, dataRoot } = this.rooms;
      const key = `${unpackingPrefix}${randomUUID()}`;
      this.#keys.add(key);
      const target = await snapshots.prepareLayer(key);
      const { ffree } = await statfs(dataRoot);
      const maxEntries = Math.floor(ffree * shareOfFreeSpace);
      const layer = await unpack({ target, maxBytes: await this.room(), maxEntries });
      return { ...layer, key };
    });
    const settled = staged.catch(() => undefined).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
    return staged;
  }

  /** Bytes that one layer may take at the moment. */
  async room(): Promise<number> {
    const { bavail, bsize } = await statfs(this.rooms.dataRoot);
    return Math.min(Math.floor(bavail * bsize * shareOfFreeSpace), this.rooms.maxLayerBytes);
  }

  /** Gives a layer, which must be on the disk, its place in a stack; nothing when somebody else did meanwhile. */
  async commit(layer: StagedLayer, chainID: Digest, parent: Digest | undefined): Promise<void> {
    const { snapshots } = this.rooms;
    const usage = { size: layer.size, inodes: layer.entries };
    try {
      await snapshots.commit(layer.key, chainID, { usage, ...(parent === undefined ? {} : { parent }) });
    } catch (error) {
      const isTaken = error instanceof SlipwayError && error.kind === "conflict" && snapshots.has(chainID);
      if (!isTaken) throw error;
      return;
    }
    this.#keys.delete(layer.key);
  }

  /** Puts a layer, which must be on the disk, in the place of one that is damaged or missing. */
  async replace(layer: StagedLayer, chainID: Digest, parent: Digest | undefined): Promise<void> {
    const usage = { size: layer.size, inodes: layer.entries };
    const below = parent === undefined ? {} : { parent };
    await this.rooms.snapshots.replace(layer.key, chainID, { usage, ...below });
    this.#keys.delete(layer.key);
  }

  /** Ends what still runs, and removes all that was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#running);
    const { snapshots, flushes } = this.rooms;
    flushes.end(this.flush);
    for (const key of this.#keys) if (snapshots.has(key)) await snapshots.remove(key);
  }
}
