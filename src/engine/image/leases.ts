import type { Digest } from "../../oci/digest.ts";

/** Blobs and layers that work under way needs although no image uses them yet: they are not collected. */
export class Lease {
  readonly blobs = new Set<Digest>();
  readonly chains = new Set<Digest>();
  /** Milliseconds since the epoch. */
  readonly since = Date.now();
}

/** Something that keeps layers beyond any work: a cache. */
export interface LayerHolder {
  holdsLayer(chainID: Digest): boolean;
}

export class Leases {
  private readonly held = new Set<Lease>();
  private readonly holders: LayerHolder[] = [];
  /** When this engine began, in milliseconds since the epoch: unfinished work that is older is an earlier one's. */
  readonly began = Date.now();

  open(): Lease {
    const lease = new Lease();
    this.held.add(lease);
    return lease;
  }

  close(lease: Lease): void {
    this.held.delete(lease);
  }

  /** From now on, as long as there is an engine. */
  register(holder: LayerHolder): void {
    this.holders.push(holder);
  }

  /** When the oldest of the work that is under way began; undefined when there is none. */
  get oldest(): number | undefined {
    const [first] = this.held;
    return first?.since;
  }

  holdsBlob(digest: Digest): boolean {
    return [...this.held].some(({ blobs }) => blobs.has(digest));
  }

  holdsLayer(chainID: Digest): boolean {
    return this.isLeased(chainID) || this.holders.some((holder) => holder.holdsLayer(chainID));
  }

  /** Whether work that is under way needs a layer. */
  isLeased(chainID: Digest): boolean {
    return [...this.held].some(({ chains }) => chains.has(chainID));
  }
}
