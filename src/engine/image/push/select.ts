import { conflict, invalid, notFound } from "../../../errors/index.ts";
import type { Image, Target } from "../../../images/index.ts";
import { formatPlatform, parsePlatform } from "../../../oci/platform.ts";
import { familiarReference, formatReference, type Reference, repositoryOf } from "../../../oci/reference.ts";
import type { ImageRooms } from "../rooms.ts";

/** The names that a push means: one, or all tags of a repository. */
export function namesToPush({ images }: ImageRooms, given: Reference): Reference[] {
  if (given.digest !== undefined) throw invalid("cannot push a digest reference");
  if (given.tag !== undefined) {
    if (images.target(formatReference(given)) !== undefined) return [given];
    throw notFound(`An image does not exist locally with the tag: ${familiarReference(given)}`);
  }
  const names = images
    .targets()
    .flatMap((target) => images.names(target))
    .filter((name) => name.tag !== undefined && repositoryOf(name) === repositoryOf(given));
  if (names.length > 0) return names;
  throw notFound(`An image does not exist locally with the tag: ${familiarReference(given)}`);
}

/** What is sent under a name: an index whose parts are all here, or one image. */
export type Selection = { readonly target: Target } | { readonly target: Target; readonly image: Image };

/** Of a name that stands for an index, all of it, or the image for a platform, or the only one that is here. */
export function selectToPush(
  { images }: ImageRooms,
  name: Reference,
  platform: string | undefined,
): Selection {
  const shown = familiarReference(name);
  const target = images.target(formatReference(name));
  if (target === undefined) throw notFound(`An image does not exist locally with the tag: ${shown}`);
  if (platform !== undefined) {
    const image = images.pick(target, parsePlatform(platform));
    if (image !== undefined) return { image, target };
    throw notFound(`image with reference ${shown} was found but does not provide the platform ${platform}`);
  }
  const missing = target.record.manifests.filter(({ blobs }) => blobs === undefined);
  if (target.isIndex && missing.length === 0) return { target };
  const [image, ...others] = images.imagesOf(target);
  if (image !== undefined && others.length === 0) return { image, target };
  const here = images.imagesOf(target).map(({ config }) => formatPlatform(config));
  throw conflict(
    `${shown} is an image for several platforms of which only ${here.join(", ")} are here: pull the others, or push ` +
      "one with --platform",
  );
}
