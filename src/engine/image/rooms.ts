import type { ContentStore } from "../../content/index.ts";
import type { EventBus } from "../../events/index.ts";
import type { ArtifactStore, ImageStore } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Snapshotter } from "../../snapshots/index.ts";
import type { Archives } from "../config/archives.ts";
import type { BuildRecords } from "./build-records.ts";
import type { Flushes } from "./flushes.ts";
import type { Leases } from "./leases.ts";
import type { PendingLayers } from "./pending-layers.ts";
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
  /** What is kept for others and is no image for this host. */
  readonly artifacts: ArtifactStore;
  readonly content: ContentStore;
  /** Unpacked layers, committed under their chain IDs. */
  readonly snapshots: Snapshotter;
  readonly leases: Leases;
  /** So many layers are unpacked at once. */
  readonly unpacking: Slots;
  /** Of the data root's file system. */
  readonly flushes: Flushes;
  /** Layers whose commit is not on the disk yet. */
  readonly pending: PendingLayers;
  /** What builds' steps came to. */
  readonly buildRecords: BuildRecords;
  /** A layer that unpacks to more bytes is refused. */
  readonly maxLayerBytes: number;
  /** Where base images are made from. */
  readonly archives: Archives;
  readonly events: EventBus;
  /** Every container there is. */
  users(): readonly ImageUser[];
  /** The directory whose file system holds content and snapshots. */
  readonly dataRoot: string;
}

/** Whether an image, an artifact or work under way needs a blob. */
export function isNeeded({ images, artifacts, leases }: ImageRooms, digest: Digest): boolean {
  return images.blobs().has(digest) || artifacts.needs(digest) || leases.holdsBlob(digest);
}
