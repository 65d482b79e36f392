import { Readable } from "node:stream";
import { createGzip, createZstdCompress } from "node:zlib";
import { endOfArchive } from "../../archive/index.ts";
import { diffLayer } from "../../layers/index.ts";
import { type Digest, digestOf } from "../../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../../oci/image.ts";
import { filePieces } from "../../os/file-pieces.ts";
import type { BuildJob } from "../job.ts";
import type { BuiltLayer } from "../solver/index.ts";
import type { BlobStore } from "./store.ts";

export type Compression = "uncompressed" | "gzip" | "zstd";

export interface LayerOptions {
  /** Of layers that have no blob yet. */
  readonly compression: Compression;
  /** Layers that have one in another compression are packed anew. */
  readonly force: boolean;
  readonly level?: number;
  /** None may be uncompressed: they go to a registry. */
  readonly packed?: boolean;
}

const emptyLayer = digestOf(endOfArchive);

const types: Record<Compression, string> = {
  uncompressed: mediaTypes.layer,
  gzip: mediaTypes.layerGzip,
  zstd: mediaTypes.layerZstd,
};

/** Makes layers blobs, each unless there is one: their archives come from the snapshots, byte for byte as they were measured. */
export async function layerBlobs(
  job: BuildJob,
  store: BlobStore,
  layers: readonly BuiltLayer[],
  options: LayerOptions,
): Promise<Descriptor[]> {
  const known = knownBlobs(job);
  const { unpacking } = job.rooms.open.imageRooms;
  return await Promise.all(
    layers.map(async (layer) => {
      const found = known.get(layer.diffID)?.find(({ mediaType }) => fits(mediaType, options));
      if (found !== undefined) {
        job.lease.blobs.add(found.digest);
        return found;
      }
      return await unpacking.run(() => packed(job, store, layer, options));
    }),
  );
}

function fits(mediaType: string, { compression, force, packed = false }: LayerOptions): boolean {
  if (packed && compression !== "uncompressed" && mediaType === mediaTypes.layer) return false;
  return !force || mediaType === types[compression];
}

/** By diffID: the blobs of all images that are here, as OCI has their types. */
function knownBlobs({ rooms }: BuildJob): Map<Digest, Descriptor[]> {
  const { images } = rooms.open.imageRooms;
  const found = new Map<Digest, Descriptor[]>();
  for (const { record } of images.kept()) {
    for (const { image: id, blobs = [] } of record.manifests) {
      const diffIDs = (id === undefined ? undefined : images.get(id))?.config.rootfs.diff_ids ?? [];
      const layers = blobs.slice(blobs.length - diffIDs.length);
      for (const [index, diffID] of diffIDs.entries()) {
        const layer = layers[index];
        if (layer !== undefined) found.set(diffID, [...(found.get(diffID) ?? []), ociType(layer)]);
      }
    }
  }
  return found;
}

function ociType({ mediaType, digest, size }: Descriptor): Descriptor {
  if (mediaType === mediaTypes.dockerLayer) return { mediaType: mediaTypes.layer, digest, size };
  if (mediaType === mediaTypes.dockerLayerGzip) return { mediaType: mediaTypes.layerGzip, digest, size };
  return { mediaType, digest, size };
}

async function packed(
  job: BuildJob,
  store: BlobStore,
  layer: BuiltLayer,
  { compression, level }: LayerOptions,
): Promise<Descriptor> {
  const { content } = job.rooms.open.imageRooms;
  const { diffID } = layer;
  if (compression === "uncompressed")
    return { mediaType: mediaTypes.layer, digest: diffID, size: await plainBlob(job, store, layer) };
  const plain = (await content.has(diffID)) ? filePieces(content.path(diffID)) : layerArchive(job, layer);
  const blob = await store.addUnknown(compressed(plain, compression, level));
  return { mediaType: types[compression], ...blob };
}

async function plainBlob(job: BuildJob, store: BlobStore, layer: BuiltLayer): Promise<number> {
  const directory = layerDirectory(job, layer);
  return directory === null
    ? await store.add(layer.diffID, () => once(endOfArchive))
    : await store.addLayer(layer.diffID, directory);
}

/** The layer's tar archive. */
export function layerArchive(job: BuildJob, layer: BuiltLayer): AsyncIterable<Uint8Array> {
  const directory = layerDirectory(job, layer);
  return directory === null ? once(endOfArchive) : diffLayer(directory, job.signal);
}

/** Where the layer's files are; null when there are none. */
export function layerDirectory({ rooms }: BuildJob, { diffID, chainID }: BuiltLayer): string | null {
  return diffID === emptyLayer ? null : rooms.open.imageRooms.snapshots.directory(chainID);
}

/** On threads of the platform; the same bytes for the same layer. */
async function* compressed(
  source: AsyncIterable<Uint8Array>,
  compression: "gzip" | "zstd",
  level: number | undefined,
): AsyncGenerator<Uint8Array> {
  const encoder = compression === "gzip" ? gzip(level) : createZstdCompress({ chunkSize: 1 << 18 });
  const input = Readable.from(source, { objectMode: false });
  input.on("error", (error) => encoder.destroy(error));
  input.pipe(encoder);
  yield* encoder as AsyncIterable<Uint8Array>;
}

function gzip(level: number | undefined) {
  return createGzip({ chunkSize: 1 << 18, ...(level === undefined ? {} : { level: Math.min(9, level) }) });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
