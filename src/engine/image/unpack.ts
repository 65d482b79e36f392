import { randomUUID } from "node:crypto";
import { statfs } from "node:fs/promises";
import { invalid, systemError } from "../../errors/index.ts";
import { applyLayer } from "../../layers/index.ts";
import { chainIDs, type Digest } from "../../oci/digest.ts";
import { unpackingPrefix } from "./garbage.ts";
import type { Lease } from "./leases.ts";
import type { ImageRooms } from "./rooms.ts";

/** A layer to unpack: its blob, and what the uncompressed archive must be. */
export interface PackedLayer {
  digest: Digest;
  diffID: Digest;
}

export interface UnpackOptions {
  signal: AbortSignal;
  onProgress?: (layer: PackedLayer, read: number, size: number) => void;
}

/** How much of the free space one layer may take: a bomb must not fill the disk for everybody. */
const shareOfFreeSpace = 0.9;

/**
 * Unpacks an image's layers, lowest first, where they are not unpacked yet; answers each one's size in bytes. Two
 * that unpack the same layer at once both succeed. The layers are on the disk only after `syncStorage`.
 */
export async function unpackLayers(
  rooms: ImageRooms,
  layers: readonly PackedLayer[],
  lease: Lease,
  options: UnpackOptions,
): Promise<number[]> {
  const chain = chainIDs(layers.map(({ diffID }) => diffID));
  for (const id of chain) lease.chains.add(id);
  const sizes: number[] = [];
  for (const [index, layer] of layers.entries()) {
    const chainID = chain[index] as Digest;
    if (!rooms.snapshots.has(chainID)) await unpackLayer(rooms, layer, chainID, chain[index - 1], options);
    sizes.push((await rooms.snapshots.usage(chainID)).size);
  }
  return sizes;
}

async function unpackLayer(
  { content, snapshots, dataRoot }: ImageRooms,
  layer: PackedLayer,
  chainID: Digest,
  parent: Digest | undefined,
  { signal, onProgress }: UnpackOptions,
): Promise<void> {
  const key = `${unpackingPrefix}${randomUUID()}`;
  await snapshots.prepare(key, parent);
  try {
    const { bavail, bsize, ffree } = await statfs(dataRoot);
    const applied = await applyLayer(
      {
        blob: content.path(layer.digest),
        target: snapshots.directory(key),
        digest: layer.digest,
        maxBytes: Math.floor(bavail * bsize * shareOfFreeSpace),
        maxEntries: Math.floor(ffree * shareOfFreeSpace),
      },
      { signal, onProgress: ({ read, size }) => onProgress?.(layer, read, size) },
    );
    if (applied.diffID !== layer.diffID) {
      throw invalid(
        `invalid diffID for layer ${layer.digest}: expected "${layer.diffID}", got "${applied.diffID}"`,
      );
    }
    if (!snapshots.has(chainID)) {
      await snapshots.commit(key, chainID, { size: applied.size, inodes: applied.entries });
    }
  } finally {
    if (snapshots.has(key)) await snapshots.remove(key);
  }
}

/** Returns when all that was written to the data root's file system survives a power cut. */
export async function syncStorage({ dataRoot }: ImageRooms): Promise<void> {
  // In a child: syncfs(2) blocks its thread for as long as the disk takes.
  const child = Bun.spawn(["sync", "--file-system", dataRoot], { stdio: ["ignore", "ignore", "pipe"] });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw systemError(`cannot write images to the disk: ${complaint.trim()}`);
}
