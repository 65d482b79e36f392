import { notFound } from "../../errors/index.ts";
import type { Image, ImageStore, Target } from "../../images/index.ts";
import { isDigest } from "../../oci/digest.ts";
import { isSamePlatform } from "../../oci/match-platform.ts";
import { formatPlatform, hostPlatform, type Platform, parsePlatform } from "../../oci/platform.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../oci/reference.ts";

/** What a user means, a manifest or an index; `notFound` in Docker's words. */
export function findTarget(images: ImageStore, ref: string): Target {
  const target = images.target(ref);
  if (target !== undefined) return target;
  // A malformed name is told as such; an id has no tag to complete.
  const isId = isDigest(ref) || /^[0-9a-f]{64}$/.test(ref);
  throw notFound(`No such image: ${isId ? ref : familiarReference(withDefaultTag(parseReference(ref)))}`);
}

/** The image that a user means, one that runs on a platform or the one that `pick` takes; `notFound` in Docker's words. */
export function findImage(images: ImageStore, ref: string, platform?: string): Image {
  const target = findTarget(images, ref);
  const wanted = platform ? parsePlatform(platform) : undefined;
  return images.pick(target, wanted) ?? fail(images, ref, target, wanted);
}

/** The image for the very platform: what runs there as well is not meant. */
export function findImageFor(images: ImageStore, ref: string, platform: string): Image {
  const target = findTarget(images, ref);
  const wanted = parsePlatform(platform);
  const image = images.pick(target, wanted);
  return image !== undefined && isSamePlatform(image.config, wanted)
    ? image
    : fail(images, ref, target, wanted);
}

function fail(images: ImageStore, ref: string, target: Target, wanted: Platform | undefined): never {
  const [only] = images.imagesOf(target);
  const found = `image with reference ${ref} was found but`;
  const specified = `the specified platform (${formatPlatform(wanted ?? hostPlatform())})`;
  throw notFound(
    target.isIndex || only === undefined
      ? `${found} does not provide ${specified}`
      : `${found} its platform (${formatPlatform(only.config)}) does not match ${specified}`,
  );
}
