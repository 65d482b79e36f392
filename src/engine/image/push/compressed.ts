import type { Image } from "../../../images/index.ts";
import { compressLayer } from "../../../layers/index.ts";
import { type Digest, hexOf } from "../../../oci/digest.ts";
import { type Descriptor, type Manifest, mediaTypes } from "../../../oci/image.ts";
import type { Lease } from "../leases.ts";
import { type PackedImage, storeDocument } from "../packed.ts";
import { progressMessage, type Report } from "../progress.ts";
import type { ImageRooms } from "../rooms.ts";
import { together } from "./together.ts";

const uncompressed: readonly string[] = [mediaTypes.layer, mediaTypes.dockerLayer];

/**
 * The image as it is sent: registries get compressed layers. Layers that were compressed before, for whatever image,
 * are not compressed again. What is new is on the disk only when the file system was flushed. Undefined when the layers
 * are fit to be sent as they are.
 */
export async function compressedImage(
  rooms: ImageRooms,
  image: Image,
  layers: readonly Descriptor[],
  { lease, report, signal }: { lease: Lease; report: Report; signal: AbortSignal },
): Promise<PackedImage | undefined> {
  const { configDescriptor, config } = image.record;
  if (!layers.some(({ mediaType }) => uncompressed.includes(mediaType))) return undefined;
  const known = compressedLayers(rooms);
  const work = layers.map((layer, index) => (until: AbortSignal) => {
    const diffID = config.rootfs.diff_ids[index] as Digest;
    const fit = uncompressed.includes(layer.mediaType) ? known.get(diffID) : layer;
    if (fit === undefined)
      return rooms.unpacking.run(() => compress(rooms, layer, diffID, lease, report, until));
    lease.blobs.add(fit.digest);
    return fit;
  });
  const sent = await together(work, signal);
  const document: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: configDescriptor,
    layers: sent,
  };
  const manifest = await storeDocument(rooms, mediaTypes.manifest, document, lease);
  return { manifest, configDescriptor, config, layers: sent, references: [] };
}

/** By diffID: the compressed layers that are here, of whatever image. */
function compressedLayers({ images }: ImageRooms): Map<Digest, Descriptor> {
  const found = new Map<Digest, Descriptor>();
  for (const { record } of images.kept()) {
    for (const { image: id, blobs = [] } of record.manifests) {
      const diffIDs = (id === undefined ? undefined : images.get(id))?.config.rootfs.diff_ids ?? [];
      const layers = blobs.slice(blobs.length - diffIDs.length);
      for (const [index, diffID] of diffIDs.entries()) {
        const layer = layers[index];
        if (layer !== undefined && !uncompressed.includes(layer.mediaType)) found.set(diffID, layer);
      }
    }
  }
  return found;
}

async function compress(
  rooms: ImageRooms,
  layer: Descriptor,
  diffID: Digest,
  lease: Lease,
  report: Report,
  signal: AbortSignal,
): Promise<Descriptor> {
  const { content } = rooms;
  const id = hexOf(diffID).slice(0, 12);
  const stream = compressLayer(content.path(layer.digest), {
    signal,
    onProgress: ({ read, size }) => report(progressMessage(id, "Compressing", read, size)),
  });
  const { digest, size } = await content.ingest(
    stream as AsyncIterable<Uint8Array>,
    {},
    { signal, sync: false },
  );
  lease.blobs.add(digest);
  return { mediaType: mediaTypes.layerGzip, digest, size };
}
