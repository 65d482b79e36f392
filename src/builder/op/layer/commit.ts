import { SlipwayError } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Usage } from "../../../snapshots/index.ts";
import type { OpRooms } from "../rooms.ts";

/**
 * Puts a step's snapshot in its place under a chain ID; one that is there already is as good. It is on the disk some time
 * later: what names it and is to last waits for `images.pending.written`.
 */
export async function commitLayer(
  { images: { snapshots, pending } }: OpRooms,
  key: string,
  chainID: Digest,
  { size, inodes }: Usage,
): Promise<void> {
  if (snapshots.has(chainID)) return;
  try {
    await pending.commit(key, chainID, { size, inodes });
  } catch (error) {
    // Another step had the same result meanwhile.
    if (!(error instanceof SlipwayError && error.kind === "conflict" && snapshots.has(chainID))) throw error;
  }
}
