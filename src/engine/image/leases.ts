import type { Digest } from "../../oci/digest.ts";

/** Blobs and layers that work under way needs although no image uses them yet: they are not collected. */
export class Lease {
  readonly blobs = new Set<Digest>();
  readonly chains = new Set<Digest>();
  /** Milliseconds since the epoch. */
  readonly since = Date.now();
}

export class Leases {
  private readonly held = new Set<Lease>();

  open(): Lease {
    const lease = new Lease();
    this.held.add(lease);
    return lease;
  }

  close(lease: Lease): void {
    this.held.delete(lease);
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
    return [...this.held].some(({ chains }) => chains.has(chainID));
  }
}
