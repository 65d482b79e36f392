import type { ContentStore } from "../../content/index.ts";
import type { EventBus } from "../../events/index.ts";
import type { ImageStore } from "../../images/index.ts";
import type { Snapshotter } from "../../snapshots/index.ts";
import type { Leases } from "./leases.ts";
import type { Slots } from "./slots.ts";

/** A container, as far as images care. */
export interface ImageUser {
  id: string;
  /** Digest of the image's config. */
  imageId: string;
  running: boolean;
}

/** What the verbs of images share. */
export interface ImageRooms {
  readonly images: ImageStore;
  readonly content: ContentStore;
  /** Unpacked layers, committed under their chain IDs. */
  readonly snapshots: Snapshotter;
  readonly leases: Leases;
  /** So many layers are unpacked at once. */
  readonly unpacking: Slots;
  readonly events: EventBus;
  /** Every container there is. */
  users(): readonly ImageUser[];
  /** The directory whose file system holds content and snapshots. */
  readonly dataRoot: string;
}
