import { invalid } from "../../errors/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { type Descriptor, isIndex, isManifest } from "../../oci/image.ts";
import { formatPlatform, hostPlatform, type Platform, platformMatches } from "../../oci/platform.ts";
import { parseReference, type Reference, withDefaultTag } from "../../oci/reference.ts";
import { asIndex, asManifest, readDocument } from "./documents.ts";
import { type PackedImage, packedImage } from "./packed.ts";
import type { ImageRooms } from "./rooms.ts";
import type { SpooledArchive } from "./spool.ts";

const maxDepth = 4;

/** The images of an OCI layout (image-spec, image-layout.md), of those for several platforms the host's. */
export async function layoutImages(rooms: ImageRooms, archive: SpooledArchive): Promise<PackedImage[]> {
  const { manifests } = asIndex(archive.documents.get("index.json"), "index.json");
  const references = new Map<Digest, { descriptor: Descriptor; references: Reference[] }>();
  for (const descriptor of manifests) {
    const known = references.get(descriptor.digest) ?? { descriptor, references: [] };
    known.references.push(...nameOf(descriptor));
    references.set(descriptor.digest, known);
  }
  const images: PackedImage[] = [];
  for (const { descriptor, references: names } of references.values()) {
    const chosen = await choose(rooms, descriptor, maxDepth);
    if (chosen === undefined) continue;
    const manifest = asManifest(
      await readDocument(rooms.content, chosen.digest, "the manifest"),
      chosen.digest,
    );
    images.push(await packedImage(rooms, chosen, manifest, names));
  }
  return images;
}

/** The manifest for this host that a descriptor leads to; undefined for what is no image. */
async function choose(
  rooms: ImageRooms,
  descriptor: Descriptor,
  depth: number,
): Promise<Descriptor | undefined> {
  if (isManifest(descriptor.mediaType)) return descriptor;
  if (!isIndex(descriptor.mediaType)) return undefined;
  if (depth === 0) throw invalid("invalid archive: its indexes are nested too deeply");
  const index = asIndex(await readDocument(rooms.content, descriptor.digest, "the index"), descriptor.digest);
  const candidates = index.manifests.filter(({ platform }) => platform?.os !== "unknown");
  const host = hostPlatform();
  const fits = (platform: Platform | undefined) => platform === undefined || platformMatches(platform, host);
  const chosen =
    candidates.find(({ platform }) => fits(platform)) ??
    (candidates.length === 1 ? candidates[0] : undefined);
  if (chosen === undefined) {
    const offered = candidates
      .map(({ platform }) => (platform ? formatPlatform(platform) : "any"))
      .join(", ");
    throw invalid(`the image has nothing for ${formatPlatform(host)}: it is for ${offered || "no platform"}`);
  }
  return await choose(rooms, chosen, depth - 1);
}

/** containerd and docker save write the whole name, podman and skopeo write it into the specification's annotation. */
function nameOf({ annotations = {} }: Descriptor): Reference[] {
  const complete = annotations["io.containerd.image.name"];
  if (complete !== undefined) return [withDefaultTag(parseReference(complete))];
  const name = annotations["org.opencontainers.image.ref.name"];
  // A tag alone names nothing.
  return name !== undefined && /[/:]/.test(name) ? [withDefaultTag(parseReference(name))] : [];
}
