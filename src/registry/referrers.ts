import { SlipwayError } from "../errors/index.ts";
import { type Digest, hexOf, isDigest } from "../oci/digest.ts";
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
