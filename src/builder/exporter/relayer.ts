import { Staging } from "../../engine/image/staging.ts";
import { unpackLayers } from "../../engine/image/unpack.ts";
import { chainIDs, type Digest } from "../../oci/digest.ts";
import type { BuildJob } from "../job.ts";
import type { BuiltLayer } from "../solver/index.ts";

/** A layer that is to be on others. Its archive is asked for when it is its turn. */
export type NewLayer = { readonly archive: () => AsyncIterable<Uint8Array>; readonly created: string };

/** Puts layers, given as archives, on others; they are unpacked and kept by the build's lease. */
export async function putLayers(
  job: BuildJob,
  below: readonly BuiltLayer[],
  above: readonly NewLayer[],
): Promise<BuiltLayer[]> {
  const rooms = job.rooms.open.imageRooms;
  await using staging = new Staging(rooms, job.signal);
  const diffIDs: Digest[] = [];
  for (const { archive } of above) {
    const { digest } = await staging.ingest(archive());
    job.lease.blobs.add(digest);
    diffIDs.push(digest);
  }
  const all = [...below.map(({ diffID }) => diffID), ...diffIDs];
  const packed = all.map((diffID) => ({ digest: diffID, diffID }));
  const [sizes = []] = await unpackLayers(rooms, [packed], job.lease, staging);
  const chain = chainIDs(all);
  const made = above.map(({ created }, at): BuiltLayer => {
    const index = below.length + at;
    return {
      diffID: diffIDs[at] as Digest,
      chainID: chain[index] as Digest,
      size: sizes[index] ?? 0,
      created,
    };
  });
  return [...below, ...made];
}
