import type { ContentStore } from "../../content/index.ts";
import { invalid, messageOf } from "../../errors/index.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import type { Descriptor, ImageConfig, Index, Manifest } from "../../oci/image.ts";

/** Manifests and configs are small; Docker refuses larger ones as well. */
export const maxDocument = 8 << 20;

/** Reads a document from the content store; `what` names it in errors. */
export async function readDocument(content: ContentStore, digest: Digest, what: string): Promise<unknown> {
  if (!(await content.has(digest))) throw invalid(`invalid archive: ${what} ${digest} is missing`);
  return parseJson(await content.readSmall(digest, maxDocument), what);
}

export async function bytesOf(source: AsyncIterable<Uint8Array>, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxDocument) throw invalid(`invalid archive: ${what} is larger than 8 MiB`);
    chunks.push(Uint8Array.from(chunk));
  }
  return Buffer.concat(chunks);
}

export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch (error) {
    throw invalid(`invalid archive: failed to decode ${what}: ${messageOf(error)}`);
  }
}

export function asIndex(value: unknown, what: string): Index {
  if (isObject(value) && Array.isArray(value.manifests) && value.manifests.every(isDescriptor)) {
    return value as unknown as Index;
  }
  throw invalid(`invalid archive: ${what} is no image index`);
}

export function asManifest(value: unknown, what: string): Manifest {
  const isManifest =
    isObject(value) &&
    isDescriptor(value.config) &&
    Array.isArray(value.layers) &&
    value.layers.every(isDescriptor);
  if (isManifest) return value as unknown as Manifest;
  throw invalid(`invalid archive: ${what} is no image manifest`);
}

export function asImageConfig(value: unknown, what: string): ImageConfig {
  const rootfs = isObject(value) ? value.rootfs : undefined;
  const diffIDs = isObject(rootfs) ? (rootfs.diff_ids ?? []) : undefined;
  if (
    !isObject(value) ||
    !Array.isArray(diffIDs) ||
    !diffIDs.every((id) => typeof id === "string" && isDigest(id))
  ) {
    throw invalid(`invalid archive: ${what} is no image configuration`);
  }
  const config = value as unknown as ImageConfig;
  const system = config.os || "linux";
  if (system !== "linux") throw invalid(`cannot load ${system} image on linux`);
  return {
    ...config,
    os: system,
    architecture: config.architecture ?? "",
    rootfs: { type: "layers", diff_ids: diffIDs as Digest[] },
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDescriptor(value: unknown): value is Descriptor {
  return (
    isObject(value) &&
    typeof value.digest === "string" &&
    isDigest(value.digest) &&
    typeof value.size === "number"
  );
}
