import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { digestOf } from "../../oci/digest.ts";
import {
  type Descriptor,
  type ImageConfig,
  type Index,
  isIndex,
  isManifest,
  type Manifest,
  mediaTypes,
} from "../../oci/image.ts";
import type { Platform } from "../../oci/platform.ts";
import { parseReference, withDefaultTag } from "../../oci/reference.ts";
import type { Document, Registries, Repository } from "../../registry/index.ts";
import { credentialsOf } from "./credentials.ts";

/** Bytes of an image's configuration. */
const maxConfig = 4 * 1024 * 1024;

/** `GET /distribution/{name}/json`: the descriptor, and for which platforms there is an image. */
export async function distribution(
  registries: Registries,
  ref: string,
  auth: api.AuthConfig | undefined,
  signal: AbortSignal,
): Promise<api.DistributionInspect> {
  const reference = withDefaultTag(parseReference(ref));
  const repository = registries.repository(reference, credentialsOf(auth));
  const document = await repository.manifest(reference.digest ?? reference.tag ?? "latest", signal);
  const { mediaType, digest, size } = document.descriptor;
  const platforms = await platformsOf(document, repository, signal);
  return { Descriptor: { mediaType, digest, size }, Platforms: platforms.map(wirePlatform) };
}

async function platformsOf(
  { descriptor, bytes }: Document,
  repository: Repository,
  signal: AbortSignal,
): Promise<Platform[]> {
  if (isIndex(descriptor.mediaType)) {
    const { manifests } = parse<Index>(bytes, "index");
    return manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platform]));
  }
  if (!isManifest(descriptor.mediaType)) return [];
  const { config } = parse<Manifest>(bytes, "manifest");
  // An artifact has a configuration of its own kind, which says nothing of platforms.
  if (config.mediaType !== mediaTypes.config && config.mediaType !== mediaTypes.dockerConfig) return [];
  const content = await read(repository, config, signal);
  const { os, architecture, variant } = parse<ImageConfig>(content, "configuration");
  return [{ os, architecture, ...(variant === undefined ? {} : { variant }) }];
}

async function read(
  repository: Repository,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (descriptor.size > maxConfig)
    throw invalid(`the configuration ${descriptor.digest} has ${descriptor.size} bytes: too many`);
  const bytes = Buffer.concat(await Array.fromAsync(repository.blob(descriptor, { signal })));
  if (digestOf(bytes) !== descriptor.digest)
    throw invalid(`the registry answered with other bytes than those of ${descriptor.digest}`);
  return bytes;
}

function parse<T>(bytes: Uint8Array, what: string): T {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (cause) {
    throw invalid(`the registry answered with a broken ${what}`, { cause });
  }
}

const wirePlatform = ({ os, architecture, variant }: Platform) => ({
  architecture,
  os,
  ...(variant === undefined ? {} : { variant }),
});
