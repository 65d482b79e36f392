import type * as api from "../../api/index.ts";
import type { Image, ImageStore, Target } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Descriptor } from "../../oci/image.ts";
import { familiarReference, type Reference } from "../../oci/reference.ts";

/** Names as the API has them: tags and digests apart. */
export function namesOf(references: readonly Reference[]): { RepoTags: string[]; RepoDigests: string[] } {
  return {
    RepoTags: references.filter(({ digest }) => digest === undefined).map(familiarReference),
    RepoDigests: references.filter(({ digest }) => digest !== undefined).map(familiarReference),
  };
}

/** The image that stands for a target wherever but one can be shown: the one for this host, or the first. */
export function mainImage(images: ImageStore, target: Target): Image {
  return images.pick(target) ?? (images.imagesOf(target)[0] as Image);
}

/** Bytes of images as unpacked, layers that several have counted once. */
export function unpackedSize(images: readonly Image[]): number {
  const sizes = new Map<Digest, number>();
  for (const { chain, record } of images) {
    for (const [index, id] of chain.entries()) sizes.set(id, record.layerSizes[index] ?? 0);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** A manifest or an index, as the API has it: a manifest with the platform that it is for. */
export function descriptorOf({ mediaType, digest, size }: Descriptor, image?: Image): api.ImageDescriptor {
  if (image === undefined) return { mediaType, digest, size };
  const { os, architecture, variant } = image.config;
  return { mediaType, digest, size, platform: { os, architecture, ...(variant ? { variant } : {}) } };
}
