import { notFound } from "../../errors/index.ts";
import type { Image, ImageStore } from "../../images/index.ts";
import { isDigest } from "../../oci/digest.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../oci/reference.ts";

/** The image that a user means; `notFound` in Docker's words. */
export function findImage(images: ImageStore, ref: string): Image {
  const image = images.find(ref);
  if (image !== undefined) return image;
  // A malformed name is told as such; an id has no tag to complete.
  const isId = isDigest(ref) || /^[0-9a-f]{64}$/.test(ref);
  throw notFound(`No such image: ${isId ? ref : familiarReference(withDefaultTag(parseReference(ref)))}`);
}
