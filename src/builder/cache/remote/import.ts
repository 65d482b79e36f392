import { asImageConfig, asIndex, asManifest, bytesOf, parseJson } from "../../../engine/image/documents.ts";
import { type Descriptor, isIndex, isManifest, type Manifest } from "../../../oci/image.ts";
import { cacheConfigType, type RemoteRecords, readCacheDocument } from "./document.ts";
import { readInlineCache } from "./inline.ts";
import type { CacheSource } from "./medium.ts";

/** So many images of an index are looked into for the caches in them. */
const maxImages = 20;

/** Reads the records of a cache, in whichever of its forms; none where there are none. Layers are left where they are. */
export async function readRecords(source: CacheSource, signal: AbortSignal): Promise<RemoteRecords> {
  const { descriptor, bytes } = await source.root(signal);
  const document = parseJson(bytes, source.name) as { mediaType?: string };
  const mediaType = document.mediaType ?? descriptor.mediaType;
  if (!isIndex(mediaType)) return await ofManifest(source, asManifest(document, source.name), signal);
  const { manifests } = asIndex(document, source.name);
  const config = manifests.find((entry) => entry.mediaType === cacheConfigType);
  if (config !== undefined) return await ofDocument(source, config, signal);
  const images = manifests.filter((entry) => isManifest(entry.mediaType)).slice(0, maxImages);
  const all = await Promise.all(
    images.map(async (image) => {
      const manifest = parseJson(await source.manifest(image, signal), image.digest);
      return await ofManifest(source, asManifest(manifest, image.digest), signal);
    }),
  );
  return new Map(all.flatMap((records) => [...records]));
}

/** A manifest is a cache's, or an image's that may have one in its config. */
async function ofManifest(
  source: CacheSource,
  { config, layers }: Manifest,
  signal: AbortSignal,
): Promise<RemoteRecords> {
  if (config.mediaType === cacheConfigType) return await ofDocument(source, config, signal);
  const image = parseJson(await bytesOf(source.blob(config, signal), "config"), "config");
  return readInlineCache(asImageConfig(image, config.digest), layers);
}

async function ofDocument(
  source: CacheSource,
  config: Descriptor,
  signal: AbortSignal,
): Promise<RemoteRecords> {
  return readCacheDocument(parseJson(await bytesOf(source.blob(config, signal), "records"), "records"));
}
