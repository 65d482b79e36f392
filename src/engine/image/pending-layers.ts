import { SlipwayError } from "../../errors/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Snapshotter, Usage } from "../../snapshots/index.ts";
import type { Flushes } from "./flushes.ts";
import type { LayerHolder } from "./leases.ts";

/** In milliseconds: much longer than from a layer's commit to the lease that holds it. */
const grace = 30_000;

/**
 * Layers that are used at once and become durable behind that, many in one go: a build's next step need not wait for the
 * disk. What is to survive a power cut and names such a layer (an image, a record of a cache) waits for `written` first.
 */
export class PendingLayers implements LayerHolder {
  /** Until when they are kept, in milliseconds since the epoch. */
  readonly #recent = new Map<Digest, number>();
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(
    private readonly snapshots: Snapshotter,
    private readonly flushes: Flushes,
  ) {}

  /**
   * Gives an active snapshot its place under a chain ID; one that is there already is as good, and is kept for a while, so
   * that whoever wants it can say so. Its parent may be another than it was prepared on.
   */
  async commit(key: string, chainID: Digest, usage: Usage, parent?: Digest): Promise<void> {
    if (this.snapshots.has(chainID)) {
      this.#keep(chainID);
      return;
    }
    try {
      await this.snapshots.commitUnwritten(key, chainID, {
        usage,
        ...(parent === undefined ? {} : { parent }),
      });
    } catch (error) {
      const isTaken =
        error instanceof SlipwayError && error.kind === "conflict" && this.snapshots.has(chainID);
      if (!isTaken) throw error;
      this.#keep(chainID);
      return;
    }
    // Who waits for it learns of a failure; otherwise the next attempt does better.
    this.#write().catch(() => undefined);
  }

  holdsLayer(chainID: Digest): boolean {
    return this.snapshots.isUnwritten(chainID) || (this.#recent.get(chainID) ?? 0) > Date.now();
  }

  /** Somebody else keeps these layers now. */
  release(chain: Iterable<Digest>): void {
    for (const id of chain) this.#recent.delete(id);
  }

  #keep(chainID: Digest): void {
    const now = Date.now();
    for (const [id, until] of this.#recent) if (until <= now) this.#recent.delete(id);
    this.#recent.set(chainID, now + grace);
  }

  /** Returns when these layers survive a power cut. */
  async written(chain: Iterable<Digest>): Promise<void> {
    const all = [...chain];
    const isPending = () => all.some((id) => this.snapshots.isUnwritten(id));
    // What is being written already may have begun before they came.
    if (isPending()) await this.#writing?.catch(() => undefined);
    if (isPending()) await this.#write();
  }

  /** What comes while something is being written is written together after it. */
  #write(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const before = this.#writing ?? Promise.resolve();
    const next = before
      .catch(() => undefined)
      .then(async () => {
        this.#next = undefined;
        this.#writing = next;
        await this.#flush();
      })
      .finally(() => {
        if (this.#writing === next) this.#writing = undefined;
      });
    this.#next = next;
    return next;
  }

  async #flush(): Promise<void> {
    const work = this.flushes.begin();
    try {
      await this.snapshots.writeCommits(() => this.flushes.complete(work));
    } finally {
      this.flushes.end(work);
    }
  }
}
