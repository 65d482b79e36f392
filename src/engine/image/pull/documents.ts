import { forbidden, invalid, notFound } from "../../../errors/index.ts";
import { type Descriptor, type ImageConfig, isIndex, isManifest, type Manifest } from "../../../oci/image.ts";
import { formatPlatform, hostPlatform, type Platform } from "../../../oci/platform.ts";
import { listPlatforms, selectPlatform } from "../../../oci/select-platform.ts";
import type { Document, Repository } from "../../../registry/index.ts";
import { asImageConfig, asIndex, asManifest, bytesOf, parseJson } from "../documents.ts";
import type { Lease } from "../leases.ts";
import { storeBytes } from "../packed.ts";
import { mayRun } from "../packed-index.ts";
import type { ImageRooms } from "../rooms.ts";

const maxDepth = 4;

/** Where the documents of a pull come from and go to. */
export interface DocumentSource {
  readonly rooms: ImageRooms;
  readonly repository: Repository;
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

/** From an index through those in it to the manifest for a platform; documents on the way are stored. */
export async function chooseManifest(
  source: DocumentSource,
  document: Document,
  platform: { wanted: Platform; asked: boolean },
  depth = maxDepth,
): Promise<{ descriptor: Descriptor; manifest: Manifest }> {
  const { descriptor } = document;
  await storeBytes(source.rooms, descriptor, document.bytes, source.lease);
  const parsed = parseJson(document.bytes, "the manifest");
  if (!isIndex(descriptor.mediaType)) return { descriptor, manifest: imageManifest(descriptor, parsed) };
  if (depth === 0) throw invalid("invalid image: its indexes are nested too deeply");
  const { manifests } = asIndex(parsed, descriptor.digest);
  const candidates = manifests.filter((entry) => isIndex(entry.mediaType) || mayRun(entry));
  const only = candidates.length === 1 && !platform.asked ? candidates[0] : undefined;
  const chosen = selectPlatform(candidates, platform.wanted) ?? only;
  if (chosen === undefined) {
    const named = formatPlatform(platform.asked ? platform.wanted : hostPlatform());
    throw notFound(
      `no matching manifest for ${named} in the manifest list entries: the image is for ` +
        `${listPlatforms(candidates)}; name one of them with --platform`,
    );
  }
  const next = await source.repository.manifest(chosen.digest, source.signal);
  return await chooseManifest(source, next, platform, depth - 1);
}

/** The manifest of something that containers can be made from. */
function imageManifest({ mediaType, digest }: Descriptor, value: unknown): Manifest {
  if (!isManifest(mediaType)) {
    throw invalid(
      `unsupported media type ${mediaType}: images in this format are older than Docker 1.10; push it again ` +
        "with a newer one",
    );
  }
  const manifest = asManifest(value, digest);
  const { config, layers } = manifest;
  if (!/image|octet-stream/.test(config.mediaType) || "artifactType" in manifest) {
    throw invalid(
      `${digest} is no container image but an artifact of type ` +
        `${(manifest as { artifactType?: string }).artifactType ?? config.mediaType}: use a tool such as oras to get it`,
    );
  }
  for (const layer of layers) {
    if (layer.urls === undefined && !/foreign|nondistributable/.test(layer.mediaType)) continue;
    throw forbidden(
      `the layer ${layer.digest} is not distributed by registries (${layer.mediaType}): its maker wants it to be ` +
        `fetched from ${layer.urls?.join(", ") ?? "elsewhere"}, which is not done here`,
    );
  }
  return manifest;
}

/** The configuration of an image, stored and checked against its manifest. */
export async function fetchConfig(
  source: DocumentSource,
  { config: descriptor, layers }: Manifest,
): Promise<ImageConfig> {
  const { repository, signal, rooms, lease } = source;
  const isHere = await rooms.content.has(descriptor.digest);
  const blob = isHere
    ? Bun.file(rooms.content.path(descriptor.digest)).stream()
    : repository.blob(descriptor, { signal });
  const bytes = await bytesOf(blob as AsyncIterable<Uint8Array>, "the image configuration");
  await storeBytes(rooms, descriptor, bytes, lease);
  const config = asImageConfig(parseJson(bytes, "the image configuration"), descriptor.digest);
  const count = config.rootfs.diff_ids.length;
  if (count !== layers.length) {
    throw invalid(`invalid manifest, layers length mismatch: expected ${layers.length}, got ${count}`);
  }
  return config;
}
