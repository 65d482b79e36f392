import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, isDigest } from "../../oci/digest.ts";
import type { SnapshotInfo } from "../../snapshots/index.ts";
import { bootstrapPrefix } from "./bootstrap/scratch.ts";
import type { Lease } from "./leases.ts";
import { type ImageRooms, isNeeded } from "./rooms.ts";

/** Blobs and layers that may be of no use any more. */
export interface Candidates {
  blobs: Iterable<Digest>;
  /** Chain IDs. */
  chains: Iterable<Digest>;
}

/**
 * Deletes those of the candidates, and of what indexes left behind, that nothing and no work under way uses; answers
 * the layers that went. Layers under a container's snapshot or another layer stay.
 */
export async function collect(rooms: ImageRooms, { blobs, chains }: Candidates): Promise<Digest[]> {
  const { images, leases, content } = rooms;
  const usedLayers = new Set(images.all().flatMap((image) => image.chain));
  const unused = [...new Set(chains)].filter((id) => !usedLayers.has(id) && !leases.holdsLayer(id));
  const removed = await removeLayers(rooms, unused);
  for (const digest of new Set([...blobs, ...images.takeReleased()])) {
    if (!isNeeded(rooms, digest)) await content.delete(digest);
  }
  return removed;
}

/** A layer goes once nothing lies on it, and its going may free the one below. */
async function removeLayers({ snapshots, leases }: ImageRooms, chains: readonly Digest[]): Promise<Digest[]> {
  const removed: Digest[] = [];
  const left = new Set(chains.filter((chain) => snapshots.has(chain)));
  for (;;) {
    const parents = new Set([...snapshots.walk()].map(({ parent }) => parent));
    const free = [...left].filter((chain) => !parents.has(chain));
    if (free.length === 0) return removed;
    for (const chain of free) {
      left.delete(chain);
      // Somebody may have come to need it while others were removed.
      if (leases.holdsLayer(chain) || !snapshots.has(chain)) continue;
      await snapshots.remove(chain);
      removed.push(chain);
    }
  }
}

/**
 * Deletes whatever an engine that was killed amid its work left behind: blobs and layers of no image, unpackings
 * that never ended. Layers that containers lie on stay. To be called before images are used.
 */
export async function collectGarbage(rooms: ImageRooms): Promise<void> {
  const { content, snapshots, leases, dataRoot } = rooms;
  for (const name of await readdir(dataRoot)) {
    if (name.startsWith(bootstrapPrefix)) await rm(join(dataRoot, name), { recursive: true });
  }
  const chains: Digest[] = [];
  const isAbandoned = ({ key, created }: SnapshotInfo) =>
    created < leases.began && [unpackingPrefix, buildingPrefix].some((prefix) => key.startsWith(prefix));
  for (const info of [...snapshots.walk()]) {
    const { key } = info;
    if (isAbandoned(info)) await snapshots.remove(key);
    else if (isDigest(key)) chains.push(key);
  }
  const blobs: Digest[] = [];
  for await (const { digest } of content.walk()) blobs.push(digest);
  await collect(rooms, { blobs, chains });
}

/** Keys of snapshots that are being filled. */
export const unpackingPrefix = "unpack-";

/** Keys of snapshots that steps of builds write to. */
export const buildingPrefix = "build-";

/** Runs work that stores blobs and layers; what no image uses when it ended, well or not, is deleted. */
export async function withLease<T>(rooms: ImageRooms, work: (lease: Lease) => Promise<T>): Promise<T> {
  const lease = rooms.leases.open();
  try {
    return await work(lease);
  } finally {
    rooms.leases.close(lease);
    await collect(rooms, lease);
  }
}
