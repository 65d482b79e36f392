import { invalid, notFound } from "../../errors/index.ts";
import type { TargetRecord } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { type Descriptor, isIndex, isManifest } from "../../oci/image.ts";
import { isSamePlatform } from "../../oci/match-platform.ts";
import { formatPlatform, type Platform } from "../../oci/platform.ts";
import { parseReference, type Reference, withDefaultTag } from "../../oci/reference.ts";
import { asIndex, asManifest, readDocument } from "./documents.ts";
import type { Lease } from "./leases.ts";
import { type PackedImage, packedImage } from "./packed.ts";
import { mayRun, packedIndex } from "./packed-index.ts";
import type { ImageRooms } from "./rooms.ts";
import type { SpooledArchive } from "./spool.ts";

/** An image of an archive, and the index that it was found in. */
export interface ArchivedImage {
  image: PackedImage;
  index?: TargetRecord;
}

/** The images of an OCI layout (image-spec, image-layout.md), of those for several platforms all that are in it. */
export async function layoutImages(
  rooms: ImageRooms,
  archive: SpooledArchive,
  lease: Lease,
): Promise<ArchivedImage[]> {
  const { manifests } = asIndex(archive.documents.get("index.json"), "index.json");
  const references = new Map<Digest, { descriptor: Descriptor; references: Reference[] }>();
  for (const descriptor of manifests) {
    const known = references.get(descriptor.digest) ?? { descriptor, references: [] };
    known.references.push(...nameOf(descriptor));
    references.set(descriptor.digest, known);
  }
  const images: ArchivedImage[] = [];
  for (const { descriptor, references: names } of references.values()) {
    if (isIndex(descriptor.mediaType)) images.push(...(await indexImages(rooms, descriptor, names, lease)));
    else if (isManifest(descriptor.mediaType))
      images.push({ image: await imageOf(rooms, descriptor, names) });
  }
  return images;
}

/** Images without a part of them are passed over, unless that leaves none. */
async function indexImages(
  rooms: ImageRooms,
  descriptor: Descriptor,
  references: Reference[],
  lease: Lease,
): Promise<ArchivedImage[]> {
  const index = await packedIndex(rooms, withoutName(descriptor), lease);
  const candidates = index.manifests.map((manifest) => manifest.descriptor).filter(mayRun);
  const complete: Descriptor[] = [];
  const partial: Descriptor[] = [];
  for (const candidate of candidates) {
    if (await isComplete(rooms, candidate, lease)) complete.push(candidate);
    else if (await rooms.content.has(candidate.digest)) partial.unshift(candidate);
    else partial.push(candidate);
  }
  const chosen = complete.length > 0 ? complete : partial.slice(0, 1);
  if (chosen.length === 0) throw invalid("invalid archive: its image index lists no image for Linux");
  return await Promise.all(
    chosen.map(async (each) => ({ image: await imageOf(rooms, each, references), index })),
  );
}

async function imageOf(
  rooms: ImageRooms,
  descriptor: Descriptor,
  references: Reference[],
): Promise<PackedImage> {
  const document = await readDocument(rooms.content, descriptor.digest, "the manifest");
  return await packedImage(rooms, descriptor, asManifest(document, descriptor.digest), references);
}

async function isComplete({ content }: ImageRooms, { digest }: Descriptor, lease: Lease): Promise<boolean> {
  if (!(await content.has(digest))) return false;
  const { config, layers } = asManifest(await readDocument(content, digest, "the manifest"), digest);
  for (const part of [config, ...layers]) {
    // Kept before it is looked for, so that nobody deletes it in between.
    lease.blobs.add(part.digest);
    if (!(await content.has(part.digest))) return false;
  }
  return true;
}

/** Those of an archive's images that are for the platforms; `notFound` when one of its images has none of them. */
export function imagesFor(images: readonly ArchivedImage[], platforms: readonly Platform[]): ArchivedImage[] {
  if (platforms.length === 0) return [...images];
  const fits = ({ image }: ArchivedImage) => platforms.some((wanted) => isSamePlatform(image.config, wanted));
  const sources = new Set(images.map(sourceOf));
  for (const source of sources) {
    const own = images.filter((image) => sourceOf(image) === source);
    if (own.some(fits)) continue;
    const offered = own.map(({ image }) => formatPlatform(image.config)).join(", ");
    throw notFound(
      `requested platform(s) (${platforms.map(formatPlatform).join(", ")}) not found: the archive is for ${offered}`,
    );
  }
  return images.filter(fits);
}

const sourceOf = ({ image, index }: ArchivedImage): Digest =>
  index?.descriptor.digest ?? image.manifest.digest;

/** Names belong to the archive, not to the index. */
function withoutName({ annotations: _, ...descriptor }: Descriptor): Descriptor {
  return descriptor;
}

/** containerd and docker save write the whole name, podman and skopeo write it into the specification's annotation. */
function nameOf({ annotations = {} }: Descriptor): Reference[] {
  const complete = annotations["io.containerd.image.name"];
  if (complete !== undefined) return [withDefaultTag(parseReference(complete))];
  const name = annotations["org.opencontainers.image.ref.name"];
  // A tag alone names nothing.
  return name !== undefined && /[/:]/.test(name) ? [withDefaultTag(parseReference(name))] : [];
}
