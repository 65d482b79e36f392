/* Registries as this command line asks them itself, without the engine: `manifest` works on what is there. */
import { productVersion } from "../../api/product.ts";
import { SlipwayError } from "../../errors/index.ts";
import { digestOf } from "../../oci/digest.ts";
import { type Descriptor, type ImageConfig, type Index, isIndex } from "../../oci/image.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatReference, type Reference } from "../../oci/reference.ts";
import { type Document, Registries, type Repository } from "../../registry/index.ts";
import { credentialsFor } from "../config/credentials.ts";
import type { ConfigFile } from "../config/file.ts";
import { wrong } from "../local-error.ts";
import { type ImageManifest, imageManifest } from "./image-manifest.ts";

const maxConfigBytes = 8 << 20;
const certificates = ["/etc/slipway/certs.d", "/etc/docker/certs.d"];

/** The repository that a reference is in, as whom the client's configuration has logged in. */
export async function openRepository(
  file: ConfigFile,
  reference: Reference,
  insecure: boolean,
): Promise<Repository> {
  const registries = new Registries({
    insecure: insecure ? [reference.domain] : [],
    rules: {},
    certificates,
    proxies: proxies(),
    userAgent: `slipway/${productVersion}`,
  });
  const auth = (await credentialsFor(file, reference.domain)) ?? {};
  return registries.repository(reference, {
    ...(auth.username ? { username: auth.username } : {}),
    ...(auth.password ? { password: auth.password } : {}),
    ...(auth.identitytoken ? { identityToken: auth.identitytoken } : {}),
    ...(auth.registrytoken ? { registryToken: auth.registrytoken } : {}),
  });
}

function proxies() {
  const named = (name: string) => process.env[name] || process.env[name.toLowerCase()];
  const [http, https, none] = [named("HTTP_PROXY"), named("HTTPS_PROXY"), named("NO_PROXY")];
  return { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(none ? { none } : {}) };
}

/** Ctrl-C ends this process, and what is asked of a registry with it. */
export const untilTheEnd = new AbortController().signal;

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

/** A registry's refusal is not the engine's answer, and must not be shown as such. */
export async function asked<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof SlipwayError ? wrong(error.message) : error;
  }
}
