import type { Image } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { type ImageConfig, mediaTypes } from "../../oci/image.ts";
import type { Reference } from "../../oci/reference.ts";
import type { Lease } from "./leases.ts";
import { packImage, storeDocument } from "./packed.ts";
import { registerImages } from "./register.ts";
import type { ImageRooms } from "./rooms.ts";
import { Staging } from "./staging.ts";
import { unpackLayers } from "./unpack.ts";

export interface NewImage {
  /** The uncompressed layer on top. */
  layer: AsyncIterable<Uint8Array>;
  /** What it lies on; absent: nothing. */
  parent?: Image;
  /** The config, but for the layers. */
  config: Omit<ImageConfig, "rootfs">;
  references: Reference[];
}

/** Makes an image of one new layer on an image or on nothing; it comes into view in one durable step. */
export async function buildImage(
  rooms: ImageRooms,
  { layer, parent, config, references }: NewImage,
  lease: Lease,
  signal: AbortSignal,
): Promise<Digest> {
  await using staging = new Staging(rooms, signal);
  const { digest } = await staging.ingest(layer);
  lease.blobs.add(digest);
  const below = parent?.record.layers ?? [];
  for (const blob of parent?.blobs ?? []) lease.blobs.add(blob.digest);
  const diffIDs = [...(parent?.config.rootfs.diff_ids ?? []), digest];
  const document: ImageConfig = { ...config, rootfs: { type: "layers", diff_ids: diffIDs } };
  const stored = await storeDocument(rooms, mediaTypes.config, document, lease);
  const layers = [...below.map((descriptor) => descriptor.digest), digest];
  const image = await packImage(rooms, stored.digest, layers, references, lease);
  const packed = layers.map((blob, index) => ({ digest: blob, diffID: diffIDs[index] as Digest }));
  const [layerSizes = []] = await unpackLayers(rooms, [packed], lease, staging);
  registerImages(rooms, [{ image, layerSizes, ...(parent === undefined ? {} : { parent: parent.id }) }]);
  return stored.digest;
}
