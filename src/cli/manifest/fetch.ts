import { digestOf } from "../../oci/digest.ts";
import { type Descriptor, type ImageConfig, type Index, isIndex } from "../../oci/image.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatReference, type Reference } from "../../oci/reference.ts";
import type { Document, Repository } from "../../registry/index.ts";
import { wrong } from "../local-error.ts";
import { type ImageManifest, imageManifest } from "./image-manifest.ts";
import { asked, untilTheEnd } from "./repository.ts";

const maxConfigBytes = 8 << 20;

/** What a registry has under a name: one image, or the images of an index. */
export async function fetchManifest(
  repository: Repository,
  reference: Reference,
): Promise<ImageManifest | ImageManifest[]> {
  const document = await asked(repository.manifest(reference.digest ?? reference.tag!, untilTheEnd));
  if (!isIndex(document.descriptor.mediaType)) return await withPlatform(repository, reference, document);
  const { manifests } = JSON.parse(Buffer.from(document.bytes).toString()) as Index;
  return await Promise.all(manifests.map((one) => memberOf(repository, reference, one)));
}

async function memberOf(
  repository: Repository,
  list: Reference,
  { digest, platform }: Descriptor,
): Promise<ImageManifest> {
  const { descriptor, bytes } = await asked(repository.manifest(digest, untilTheEnd));
  const ref = formatReference({ ...list, digest });
  return imageManifest(ref, platform === undefined ? descriptor : { ...descriptor, platform }, bytes);
}

/** An image alone says in its configuration what it runs on. */
async function withPlatform(
  repository: Repository,
  reference: Reference,
  { descriptor, bytes }: Document,
): Promise<ImageManifest> {
  const ref = formatReference(reference);
  const { config } = JSON.parse(Buffer.from(bytes).toString()) as { config?: Descriptor };
  if (config === undefined) throw wrong(`${ref} is not an image's manifest but ${descriptor.mediaType}`);
  const { architecture, os, variant, ...rest } = await asked(configOf(repository, config));
  const platform: Platform = {
    ...{ architecture, os },
    ...(rest["os.version"] ? { "os.version": rest["os.version"] } : {}),
    ...(rest["os.features"] ? { "os.features": rest["os.features"] } : {}),
    ...(variant ? { variant } : {}),
  };
  return imageManifest(ref, { ...descriptor, platform }, bytes);
}

async function configOf(
  repository: Repository,
  config: Descriptor,
): Promise<Partial<ImageConfig> & Platform> {
  if (config.size > maxConfigBytes) throw wrong(`the configuration ${config.digest} is too large`);
  const chunks = await Array.fromAsync(repository.blob(config, { signal: untilTheEnd }));
  const bytes = Buffer.concat(chunks);
  if (digestOf(bytes) !== config.digest) throw wrong(`the configuration ${config.digest} is not what came`);
  return JSON.parse(bytes.toString());
}
