import { chainIDs, type Digest } from "../../oci/digest.ts";
import type { Lease } from "./leases.ts";
import type { ImageRooms } from "./rooms.ts";
import type { PackedLayer } from "./staged-layer.ts";
import type { Staging } from "./staging.ts";

/** A layer that is to be unpacked, and where it belongs. */
interface Missing {
  layer: PackedLayer;
  chainID: Digest;
  parent: Digest | undefined;
}

/**
 * Unpacks the layers of images, each lowest first, where they are not unpacked yet; answers each one's size in bytes.
 * Before the first of them comes into view, they and all that was written to the file system before are on the disk.
 * Two that unpack the same layer at once both succeed.
 */
export async function unpackLayers(
  rooms: ImageRooms,
  stacks: readonly (readonly PackedLayer[])[],
  lease: Lease,
  staging: Staging,
  onProgress: (layer: PackedLayer, read: number, size: number) => void = () => {},
): Promise<number[][]> {
  const chains = stacks.map((layers) => chainIDs(layers.map(({ diffID }) => diffID)));
  for (const id of chains.flat()) lease.chains.add(id);
  const missing = new Map<Digest, Missing>();
  for (const [at, layers] of stacks.entries()) {
    for (const [index, layer] of layers.entries()) {
      const [chainID, parent] = [chains[at]?.[index] as Digest, chains[at]?.[index - 1]];
      if (!rooms.snapshots.has(chainID)) missing.set(chainID, { layer, chainID, parent });
    }
  }
  const staged = await Promise.all(
    [...missing.values()].map(async ({ layer, chainID, parent }) => {
      const result = await staging.layer(layer, ({ read, size }) => onProgress(layer, read, size));
      return { chainID, parent, result };
    }),
  );
  await staging.sync();
  await rooms.pending.written(chains.flat());
  for (const { chainID, parent, result } of staged) await staging.commit(result, chainID, parent);
  return await Promise.all(chains.map((chain) => sizesOf(rooms, chain)));
}

/** Bytes of each layer of a stack that is unpacked. */
export async function sizesOf({ snapshots }: ImageRooms, chain: readonly Digest[]): Promise<number[]> {
  return await Promise.all(chain.map(async (id) => (await snapshots.usage(id)).size));
}
