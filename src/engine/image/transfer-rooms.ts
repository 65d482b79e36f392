import type { Registries } from "../../registry/index.ts";
import type { Fetches } from "./pull/fetches.ts";
import type { ImageRooms } from "./rooms.ts";
import type { Slots } from "./slots.ts";

/** What pulls and pushes need beyond the rooms of images. */
export interface TransferRooms extends ImageRooms {
  readonly registries: Registries;
  /** Layers that come from registries. */
  readonly fetches: Fetches;
  /** So many blobs are sent to registries at once. */
  readonly uploads: Slots;
}
