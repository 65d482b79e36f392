import { invalid } from "../errors/index.ts";
import { type Digest, digestOf, isDigest } from "../oci/digest.ts";
import { type Descriptor, isIndex, isManifest, mediaTypes } from "../oci/image.ts";
import type { Reply } from "./exchange.ts";
import { parseObject } from "./failure.ts";
import { maxManifest } from "./limits.ts";
import type { Document } from "./repository.ts";

const artifact = "application/vnd.oci.artifact.manifest.v1+json";
const schema1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+(json|prettyjws)$/;

/** What a manifest may come as. */
export const acceptManifests = [
  mediaTypes.index,
  mediaTypes.manifest,
  mediaTypes.dockerManifestList,
  mediaTypes.dockerManifest,
  artifact,
].join(", ");

/** The digest that was asked for, if it was one. */
export function wantedDigest(tagOrDigest: string): Digest | undefined {
  return isDigest(tagOrDigest) ? tagOrDigest : undefined;
}

/** What the headers say of a manifest; undefined when they do not say enough, or nothing that can be true. */
export function announced({ headers }: Reply, wanted: Digest | undefined): Descriptor | undefined {
  const mediaType = typeOf(headers);
  const digest = headers.get("docker-content-digest") ?? wanted ?? "";
  const size = Number(headers.get("content-length") ?? Number.NaN);
  if (!isKnown(mediaType) || !isDigest(digest) || !Number.isSafeInteger(size) || size <= 0) return undefined;
  return wanted !== undefined && digest !== wanted ? undefined : { mediaType, digest, size };
}

/** The manifest that an answer holds; `invalid` when it is none, or another than was asked for or announced. */
export async function readDocument(reply: Reply, wanted: Digest | undefined): Promise<Document> {
  const { host } = reply.url;
  const bytes = await reply.bytes(maxManifest);
  const mediaType = mediaTypeOf(reply, bytes);
  const digest = digestOf(bytes);
  const promised = wanted ?? reply.headers.get("docker-content-digest") ?? digest;
  // A digest of another algorithm than ours is no promise that can be checked.
  if (isDigest(promised) && promised !== digest)
    throw invalid(`${host} answered with the manifest ${digest} instead of ${promised}`);
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

/** Which kind of manifest the bytes are; a header and a body that contradict each other are refused (CVE-2021-41190). */
function mediaTypeOf({ url, headers }: Reply, bytes: Uint8Array): string {
  const type = typeOf(headers);
  if (schema1.test(type)) {
    throw invalid(
      `${url.host} has this only as a manifest of schema 1, which is supported no more: push the image again with a newer engine`,
    );
  }
  const body = parseObject(new TextDecoder().decode(bytes));
  if (body === undefined || body.schemaVersion !== 2) {
    if (isKnown(type)) throw invalid(`${url.host} answered with a manifest that is broken (${type})`);
    throw invalid(
      `${url.host} answered with ${type || "something"} instead of a manifest: is it a registry?`,
    );
  }
  const isList = Array.isArray(body.manifests);
  if (isList && (body.layers !== undefined || body.config !== undefined))
    throw invalid(`${url.host} answered with a manifest that claims to be an index, too`);
  const inside = typeof body.mediaType === "string" ? body.mediaType : undefined;
  const mediaType = isKnown(type) ? type : (inside ?? (isList ? mediaTypes.index : mediaTypes.manifest));
  if ((inside !== undefined && inside !== mediaType) || (isIndex(mediaType) && !isList))
    throw invalid(`${url.host} answered with ${inside ?? "a manifest"} and called it ${mediaType}`);
  return mediaType;
}

const isKnown = (type: string): boolean => isIndex(type) || isManifest(type) || type === artifact;

function typeOf(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}
