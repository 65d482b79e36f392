import type { Digest } from "../../oci/digest.ts";
import type { ImageRooms } from "./rooms.ts";

/** Tells what happened to an image, as Docker does: with its labels while it exists, and a name. */
export function emit({ events, images }: ImageRooms, action: string, id: Digest, name: string): void {
  events.publish({ type: "image", action, id, attributes: { ...images.get(id)?.labels, name } });
}
