import type { PackedImage } from "../../engine/image/packed.ts";
import { packedIndex } from "../../engine/image/packed-index.ts";
import type { TargetRecord } from "../../images/index.ts";
import { digestOf } from "../../oci/digest.ts";
import { type Descriptor, type ImageConfig, type Index, type Manifest, mediaTypes } from "../../oci/image.ts";
import { formatPlatform, type Platform } from "../../oci/platform.ts";
import type { Reference } from "../../oci/reference.ts";
import type { BuildJob } from "../job.ts";
import type { BuiltLayer } from "../solver/index.ts";
import type { BuildTarget } from "../target.ts";
import type { Annotations } from "./annotations.ts";
import { type ConfigOptions, imageConfig } from "./config.ts";
import { type LayerOptions, layerBlobs } from "./layers.ts";
import type { BlobStore } from "./store.ts";

/** What a target's graph came to. */
export interface Built {
  readonly target: BuildTarget;
  readonly layers: readonly BuiltLayer[];
  readonly config: ConfigOptions;
}

export interface ImageOptions extends LayerOptions {
  readonly annotations: Annotations;
}

/** An image whose blobs are in the content store. */
export interface MadeImage {
  readonly image: PackedImage;
  readonly platform: Platform;
  readonly layers: readonly BuiltLayer[];
}

/** Makes the blobs of an image, unless an equal one is here. */
export async function makeImage(
  job: BuildJob,
  store: BlobStore,
  { target, layers, config: options }: Built,
  image: ImageOptions,
): Promise<MadeImage> {
  const config = imageConfig(target, layers, options);
  const { platform } = target;
  const known = image.annotations.areNone && !image.force && !image.packed ? equal(job, config) : undefined;
  if (known !== undefined) return { image: known, platform, layers };
  const descriptors = await layerBlobs(job, store, layers, image);
  const configDescriptor = await store.document(mediaTypes.config, config);
  const annotations = image.annotations.at("manifest", platform);
  const document: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: configDescriptor,
    layers: descriptors,
    ...(annotations === undefined ? {} : { annotations }),
  };
  const manifest = await store.document(mediaTypes.manifest, document);
  return {
    image: { manifest, configDescriptor, config, layers: descriptors, references: [] },
    platform,
    layers,
  };
}

function equal({ rooms, lease }: BuildJob, config: ImageConfig): PackedImage | undefined {
  const image = rooms.open.imageRooms.images.get(digestOf(JSON.stringify(config)));
  if (image === undefined) return undefined;
  for (const { digest } of image.blobs) lease.blobs.add(digest);
  const { manifest, configDescriptor, layers } = image.record;
  return { manifest, configDescriptor, config, layers: [...layers], references: [] };
}

/** An index of images for several platforms. */
export async function makeIndex(
  store: BlobStore,
  images: readonly MadeImage[],
  annotations: Annotations,
): Promise<Descriptor> {
  const own = annotations.at("index");
  const document: Index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ image, platform }) => {
      const about = annotations.at("manifest-descriptor", platform);
      return { ...image.manifest, ...(about === undefined ? {} : { annotations: about }), platform };
    }),
    ...(own === undefined ? {} : { annotations: own }),
  };
  return await store.document(mediaTypes.index, document);
}

/** Brings images into view with their names, all in one step. They must be on the disk. */
export async function register(
  job: BuildJob,
  images: readonly MadeImage[],
  index: Descriptor | undefined,
  references: readonly Reference[],
): Promise<void> {
  const rooms = job.rooms.open.imageRooms;
  const record: { index?: TargetRecord } =
    index === undefined ? {} : { index: await packedIndex(rooms, index, job.lease) };
  rooms.images.add(
    images.map(({ image, layers }) => ({
      record: {
        id: image.configDescriptor.digest,
        manifest: image.manifest,
        configDescriptor: image.configDescriptor,
        config: image.config,
        layers: image.layers,
        layerSizes: layers.map(({ size }) => size),
      },
      references,
      ...record,
    })),
  );
}

export const platformName = ({ platform }: MadeImage): string => formatPlatform(platform);
