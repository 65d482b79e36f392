import type * as api from "../../api/index.ts";
import type { Image, ImageStore } from "../../images/index.ts";
import { familiarReference, type Reference } from "../../oci/reference.ts";

/** An image's names as the API has them: tags and digests apart. */
export function namesOf(
  images: ImageStore,
  { id }: Image,
  accepts: (reference: Reference) => boolean = () => true,
): { RepoTags: string[]; RepoDigests: string[] } {
  const references = images.references(id).filter(accepts);
  return {
    RepoTags: references.filter(({ digest }) => digest === undefined).map(familiarReference),
    RepoDigests: references.filter(({ digest }) => digest !== undefined).map(familiarReference),
  };
}

/** The image's manifest, as the API has it. */
export function descriptorOf({ record }: Image): api.ImageDescriptor {
  const { mediaType, digest, size } = record.manifest;
  const { os, architecture, variant } = record.config;
  const platform = { os, architecture, ...(variant ? { variant } : {}) };
  return { mediaType, digest, size, platform };
}
