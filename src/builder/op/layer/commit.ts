import type { Digest } from "../../../oci/digest.ts";
import type { Usage } from "../../../snapshots/index.ts";
import type { OpRooms } from "../rooms.ts";

/**
 * Puts a step's snapshot in its place under a chain ID; one that is there already is as good. It is on the disk some time
 * later: what names it and is to last waits for `images.pending.written`.
 */
export async function commitLayer(
  { images: { pending } }: OpRooms,
  key: string,
  chainID: Digest,
  { size, inodes }: Usage,
): Promise<void> {
  await pending.commit(key, chainID, { size, inodes });
}
