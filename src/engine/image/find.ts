import { notFound } from "../../errors/index.ts";
import type { Image, ImageStore, Target } from "../../images/index.ts";
import { isDigest } from "../../oci/digest.ts";
import { formatPlatform, hostPlatform, parsePlatform } from "../../oci/platform.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../oci/reference.ts";

/** What a user means, a manifest or an index; `notFound` in Docker's words. */
export function findTarget(images: ImageStore, ref: string): Target {
  const target = images.target(ref);
  if (target !== undefined) return target;
  // A malformed name is told as such; an id has no tag to complete.
  const isId = isDigest(ref) || /^[0-9a-f]{64}$/.test(ref);
  throw notFound(`No such image: ${isId ? ref : familiarReference(withDefaultTag(parseReference(ref)))}`);
}

/** The image that a user means, for a platform or the one that `pick` takes; `notFound` in Docker's words. */
export function findImage(images: ImageStore, ref: string, platform?: string): Image {
  const target = findTarget(images, ref);
  const wanted = platform ? parsePlatform(platform) : undefined;
  const image = images.pick(target, wanted);
  if (image !== undefined) return image;
  const [only] = images.imagesOf(target);
  const found = `image with reference ${ref} was found but`;
  const specified = `the specified platform (${formatPlatform(wanted ?? hostPlatform())})`;
  throw notFound(
    target.isIndex || only === undefined
      ? `${found} does not provide ${specified}`
      : `${found} its platform (${formatPlatform(only.config)}) does not match ${specified}`,
  );
}
