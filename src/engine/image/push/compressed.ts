import { availableParallelism } from "node:os";
import type { Image } from "../../../images/index.ts";
import { compressLayer } from "../../../layers/index.ts";
import { type Digest, hexOf } from "../../../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../../../oci/image.ts";
import type { Lease } from "../leases.ts";
import { progressMessage, type Report } from "../progress.ts";
import type { ImageRooms } from "../rooms.ts";

const uncompressed: readonly string[] = [mediaTypes.layer, mediaTypes.dockerLayer];

/** Answers a layer as registries get it. */
export type Compression = (signal: AbortSignal) => Promise<Descriptor>;

/**
 * For each of an image's layers, what makes it fit to be sent, which is compressed. Layers that were compressed before,
 * for whatever image, are not compressed again. Undefined when all are fit as they are.
 */
export function compressions(
  rooms: ImageRooms,
  { config }: Image["record"],
  layers: readonly Descriptor[],
  { lease, report }: { lease: Lease; report: Report },
): Compression[] | undefined {
  if (!layers.some(isUncompressed)) return undefined;
  const known = compressedLayers(rooms);
  const diffIDs = config.rootfs.diff_ids;
  const fits = layers.map((layer, at) => (isUncompressed(layer) ? known.get(diffIDs[at] as Digest) : layer));
  const cores = availableParallelism();
  const threads = Math.max(1, Math.floor(cores / fits.filter((fit) => fit === undefined).length));
  return layers.map((layer, at) => {
    const fit = fits[at];
    const id = hexOf(diffIDs[at] as Digest).slice(0, 12);
    if (fit === undefined)
      return (signal) =>
        rooms.unpacking.run(() => compress(rooms, layer, { id, threads, lease, report, signal }));
    lease.blobs.add(fit.digest);
    return async () => fit;
  });
}

function isUncompressed({ mediaType }: Descriptor): boolean {
  return uncompressed.includes(mediaType);
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
        if (layer !== undefined && !isUncompressed(layer)) found.set(diffID, layer);
      }
    }
  }
  return found;
}

interface Circumstances {
  /** What users see of the layer. */
  readonly id: string;
  readonly threads: number;
  readonly lease: Lease;
  readonly report: Report;
  readonly signal: AbortSignal;
}

async function compress(
  { content }: ImageRooms,
  layer: Descriptor,
  { id, threads, lease, report, signal }: Circumstances,
): Promise<Descriptor> {
  const request = { blob: content.path(layer.digest), threads };
  const { digest, size } = await content.take((file) =>
    compressLayer(request, file, {
      signal,
      onProgress: ({ read, size }) => report(progressMessage(id, "Compressing", read, size)),
    }),
  );
  lease.blobs.add(digest);
  return { mediaType: mediaTypes.layerGzip, digest, size };
}
