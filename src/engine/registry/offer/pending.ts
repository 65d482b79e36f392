import type { Digest } from "../../../oci/digest.ts";
import { collect } from "../../image/garbage.ts";
import type { Lease } from "../../image/leases.ts";
import type { ImageRooms } from "../../image/rooms.ts";

/** So long a blob waits for the manifest that needs it, in milliseconds. */
const patience = 3_600_000;

interface Waiting {
  readonly size: number;
  readonly until: number;
}

/** Blobs that were brought to a repository and that no manifest needs yet. They are forgotten after an hour. */
export class PendingBlobs {
  readonly #repositories = new Map<string, Map<Digest, Waiting>>();
  readonly #coming: Digest[] = [];
  #lease: Lease | undefined;
  #closed = false;

  constructor(private readonly rooms: ImageRooms) {}

  size(repository: string, digest: Digest): number | undefined {
    return this.#repositories.get(repository)?.get(digest)?.size;
  }

  /** A repository that waits for the manifest of a blob. */
  holder(digest: Digest): string | undefined {
    for (const [repository, blobs] of this.#repositories) if (blobs.has(digest)) return repository;
    return undefined;
  }

  /** Does the work that makes a blob visible, which is the repository's then; its size is what the work answers. */
  async bring(repository: string, digest: Digest, work: () => Promise<number>): Promise<void> {
    this.#lease ??= this.rooms.leases.open();
    this.#lease.blobs.add(digest);
    this.#coming.push(digest);
    try {
      const size = await work();
      if (this.#closed) return;
      const blobs = this.#repositories.get(repository) ?? new Map<Digest, Waiting>();
      blobs.set(digest, { size, until: Date.now() + patience });
      this.#repositories.set(repository, blobs);
    } finally {
      this.#coming.splice(this.#coming.indexOf(digest), 1);
      await this.#release([digest]);
    }
  }

  /** Lets blobs of a repository go: those that nothing needs are deleted. False when there were none. */
  async drop(repository: string, digests: Iterable<Digest>): Promise<boolean> {
    const blobs = this.#repositories.get(repository);
    const gone = [...digests].filter((digest) => blobs?.delete(digest));
    if (blobs?.size === 0) this.#repositories.delete(repository);
    await this.#release(gone);
    return gone.length > 0;
  }

  async expire(now = Date.now()): Promise<void> {
    for (const [repository, blobs] of this.#repositories) {
      const old = [...blobs].filter(([, { until }]) => until <= now).map(([digest]) => digest);
      if (old.length > 0) await this.drop(repository, old);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...(this.#lease?.blobs ?? [])];
    this.#repositories.clear();
    await this.#release(all);
  }

  /** Deletes those of the blobs that nobody waits for and nothing needs. */
  async #release(digests: readonly Digest[]): Promise<void> {
    const free = digests.filter(
      (digest) => !this.#coming.includes(digest) && this.holder(digest) === undefined,
    );
    for (const digest of free) this.#lease?.blobs.delete(digest);
    if (this.#lease?.blobs.size === 0) {
      this.rooms.leases.close(this.#lease);
      this.#lease = undefined;
    }
    if (free.length > 0) await collect(this.rooms, { blobs: free, chains: [] });
  }
}
