import { randomUUID } from "node:crypto";
import { statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { BlobInfo, Expected } from "../../content/index.ts";
import { invalid, SlipwayError } from "../../errors/index.ts";
import { applyLayer, type GrownLayer } from "../../layers/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { BlobFollower } from "./blob-follower.ts";
import { unpackingPrefix } from "./garbage.ts";
import type { ImageRooms } from "./rooms.ts";
import { Slots } from "./slots.ts";
import type { OnProgress, PackedLayer, StagedLayer, Stager, UnpackRequest } from "./staged-layer.ts";

/** A child's memory is worth more than a third one's speed: the disk has become the limit by then. */
const concurrency = Math.min(2, availableParallelism());
/** How much of the free space one layer may take: a bomb must not fill the disk for everybody. */
const shareOfFreeSpace = 0.9;

/**
 * Unpacks layers for one piece of work, several at a time and, of blobs that it takes in, while they arrive. What is
 * not committed in the end is gone with it.
 */
export class Staging implements Stager {
  readonly #ended = new AbortController();
  readonly #slots = new Slots(concurrency);
  readonly #early = new Map<Digest, BlobFollower>();
  /** Snapshots that are not committed. */
  readonly #keys = new Set<string>();
  readonly #running = new Set<Promise<unknown>>();
  readonly signal: AbortSignal;

  constructor(
    private readonly rooms: ImageRooms,
    signal: AbortSignal,
  ) {
    this.signal = AbortSignal.any([signal, this.#ended.signal]);
  }

  /**
   * Takes a blob into the content store and, when it looks like a layer, unpacks it as it comes. On the disk it is
   * only when the file system was flushed.
   */
  async ingest(source: AsyncIterable<Uint8Array>, expected: Expected = {}): Promise<BlobInfo> {
    const follower = new BlobFollower(this);
    try {
      const info = await this.rooms.content.ingest(source, expected, {
        signal: this.signal,
        sync: false,
        onGrowth: (path, size) => follower.grown(path, size),
      });
      if (follower.staged !== undefined && !this.#early.has(info.digest))
        this.#early.set(info.digest, follower);
      return info;
    } finally {
      follower.complete();
    }
  }

  /** The layer, unpacked: now, unless that is done or under way. Errors: those of `applyLayer`. */
  async layer({ digest, diffID }: PackedLayer, onProgress: OnProgress): Promise<StagedLayer> {
    const early = this.#early.get(digest);
    this.#early.delete(digest);
    if (early !== undefined) early.onProgress = onProgress;
    const staged = await (early?.staged ??
      this.stage((request) =>
        applyLayer(
          { ...request, blob: this.rooms.content.path(digest), digest },
          { signal: this.signal, onProgress },
        ),
      ));
    const found = staged.diffID ?? digest;
    if (found !== diffID)
      throw invalid(`invalid diffID for layer ${digest}: expected "${diffID}", got "${found}"`);
    return staged;
  }

  /** Runs one unpacking into a snapshot of its own as soon as a slot is free. */
  stage(unpack: (request: UnpackRequest) => Promise<GrownLayer>): Promise<StagedLayer> {
    const staged = this.#slots.run(async () => {
      this.signal.throwIfAborted();
      const { snapshots, dataRoot } = this.rooms;
      const key = `${unpackingPrefix}${randomUUID()}`;
      this.#keys.add(key);
      await snapshots.prepare(key);
      const { bavail, bsize, ffree } = await statfs(dataRoot);
      const layer = await unpack({
        target: snapshots.directory(key),
        maxBytes: Math.floor(bavail * bsize * shareOfFreeSpace),
        maxEntries: Math.floor(ffree * shareOfFreeSpace),
      });
      return { ...layer, key };
    });
    const settled = staged.catch(() => undefined).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
    return staged;
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

  /** Ends what still runs, and removes all that was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#running);
    const { snapshots } = this.rooms;
    for (const key of this.#keys) if (snapshots.has(key)) await snapshots.remove(key);
  }
}
