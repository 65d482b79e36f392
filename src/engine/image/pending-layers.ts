import type { Digest } from "../../oci/digest.ts";
import type { Snapshotter, Usage } from "../../snapshots/index.ts";
import type { Flushes } from "./flushes.ts";
import type { LayerHolder } from "./leases.ts";

/**
 * Layers that are used at once and become durable behind that, many in one go: a build's next step need not wait for the
 * disk. What is to survive a power cut and names such a layer (an image, a record of a cache) waits for `written` first.
 */
export class PendingLayers implements LayerHolder {
  #writing: Promise<void> | undefined;

  constructor(
    private readonly snapshots: Snapshotter,
    private readonly flushes: Flushes,
  ) {}

  /** Commits an active snapshot under a chain ID. Errors: those of `Snapshotter.commit`. */
  async commit(key: string, chainID: Digest, usage: Usage): Promise<void> {
    await this.snapshots.commitUnwritten(key, chainID, { usage });
    // Who waits for it learns of a failure; otherwise the next attempt does better.
    this.#write().catch(() => undefined);
  }

  holdsLayer(chainID: Digest): boolean {
    return this.snapshots.isUnwritten(chainID);
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

  #next: Promise<void> | undefined;

  async #flush(): Promise<void> {
    const work = this.flushes.begin();
    try {
      await this.snapshots.writeCommits(() => this.flushes.complete(work));
    } finally {
      this.flushes.end(work);
    }
  }
}
