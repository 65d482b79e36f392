import { familiarReference, parseRepositoryAndTag } from "../../oci/reference.ts";
import { emit } from "./events.ts";
import { findImage } from "./find.ts";
import type { ImageRooms } from "./rooms.ts";

/** Gives an image a further name; an image that had it before loses it. */
export function tagImage(rooms: ImageRooms, ref: string, repository: string, tag?: string): void {
  const { id } = findImage(rooms.images, ref);
  const reference = parseRepositoryAndTag(repository, tag);
  rooms.images.tag(id, reference);
  emit(rooms, "tag", id, familiarReference(reference));
}
