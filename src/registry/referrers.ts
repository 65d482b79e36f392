import { SlipwayError } from "../errors/index.ts";
import { type Digest, digestOf, hexOf, isDigest } from "../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../oci/image.ts";
import { parseObject } from "./failure.ts";
import { pages } from "./listing.ts";
import type { Document } from "./repository.ts";
import type { Session } from "./session.ts";

/** The tag under which referrers stand in a registry without the API (distribution-spec, "Referrers Tag Schema"). */
export function referrersTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}

/** By the referrers API; undefined when the registry does not have it. */
export async function referrersByApi(
  session: Session,
  name: string,
  digest: Digest,
  artifactType: string | undefined,
  signal: AbortSignal,
): Promise<Descriptor[] | undefined> {
  const filter = artifactType === undefined ? "" : `?artifactType=${encodeURIComponent(artifactType)}`;
  const path = `${name}/referrers/${digest}${filter}`;
  const found: Descriptor[] = [];
  try {
    for await (const { reply, document } of pages(session, path, [`repository:${name}:pull`], signal)) {
      const type = reply.headers.get("content-type")?.split(";")[0];
      if (type !== mediaTypes.index) return undefined;
      const applied = (reply.headers.get("oci-filters-applied") ?? "").split(",").map((name) => name.trim());
      found.push(...matching(document, applied.includes("artifactType") ? undefined : artifactType));
    }
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "notFound") return undefined;
    throw error;
  }
  return found;
}

/** The index under the tag with one more referrer, which takes the place of what it had of it. */
export function withReferrer(index: Document | undefined, referrer: Descriptor): Uint8Array {
  const others = index === undefined ? [] : referrersIn(index, undefined);
  const manifests = [...others.filter(({ digest }) => digest !== referrer.digest), referrer];
  return new TextEncoder().encode(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }),
  );
}

/** What a manifest refers to, and how it stands in a list of referrers; undefined when it has no subject. */
export function referrerOf(
  mediaType: string,
  bytes: Uint8Array,
): { subject: Digest; referrer: Descriptor } | undefined {
  const manifest = parseObject(new TextDecoder().decode(bytes)) ?? {};
  if (!isDescriptor(manifest.subject)) return undefined;
  const { artifactType = (manifest.config as Partial<Descriptor> | undefined)?.mediaType, annotations } =
    manifest as { artifactType?: string; annotations?: Record<string, string> };
  const referrer: Descriptor = {
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { subject: manifest.subject.digest, referrer };
}

/** By the index that stands under the tag. */
export function referrersIn({ bytes }: Document, artifactType: string | undefined): Descriptor[] {
  return matching(parseObject(new TextDecoder().decode(bytes)) ?? {}, artifactType);
}

function matching({ manifests }: Record<string, unknown>, artifactType: string | undefined): Descriptor[] {
  const descriptors = Array.isArray(manifests) ? manifests.filter(isDescriptor) : [];
  return descriptors.filter((one) => artifactType === undefined || one.artifactType === artifactType);
}

function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Partial<Record<keyof Descriptor, unknown>>;
  return (
    typeof mediaType === "string" && typeof digest === "string" && isDigest(digest) && Number.isInteger(size)
  );
}
