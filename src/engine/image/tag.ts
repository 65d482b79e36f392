import { familiarReference, parseRepositoryAndTag } from "../../oci/reference.ts";
import { emit } from "./events.ts";
import { findTarget } from "./find.ts";
import { collect } from "./garbage.ts";
import type { ImageRooms } from "./rooms.ts";
import { mainImage } from "./summary.ts";

/** Gives an image a further name; an image that had it before loses it. */
export async function tagImage(
  rooms: ImageRooms,
  ref: string,
  repository: string,
  tag?: string,
): Promise<void> {
  const { images } = rooms;
  const target = findTarget(images, ref);
  const reference = parseRepositoryAndTag(repository, tag);
  images.tag(target, reference);
  emit(rooms, "tag", mainImage(images, target).id, familiarReference(reference));
  await collect(rooms, { blobs: [], chains: [] });
}
