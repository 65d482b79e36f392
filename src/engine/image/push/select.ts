import { conflict, invalid, notFound } from "../../../errors/index.ts";
import type { Image, Target } from "../../../images/index.ts";
import { formatPlatform } from "../../../oci/platform.ts";
import { familiarReference, formatReference, type Reference, repositoryOf } from "../../../oci/reference.ts";
import { findImageFor } from "../find.ts";
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
export type Selection =
  | { readonly target: Target }
  | {
      readonly target: Target;
      readonly image: Image;
      /** Nobody asked for one image: it goes because the index is not all here. */
      readonly instead?: true;
    };

/** Of a name that stands for an index, all of it, or the image for a platform, or of what is here the one for this host. */
export function selectToPush(
  { images }: ImageRooms,
  name: Reference,
  platform: string | undefined,
): Selection {
  const shown = familiarReference(name);
  const target = images.target(formatReference(name));
  if (target === undefined) throw notFound(`An image does not exist locally with the tag: ${shown}`);
  if (platform !== undefined) return { target, image: findImageFor(images, shown, platform) };
  const here = images.imagesOf(target);
  const [first] = here;
  if (!target.isIndex && first !== undefined) return { target, image: first };
  if (target.record.manifests.every(({ blobs }) => blobs !== undefined)) return { target };
  const image = images.pick(target);
  if (image !== undefined) return { target, image, instead: true };
  throw conflict(
    `${shown} is an image for several platforms of which only ${here.map(({ config }) => formatPlatform(config)).join(", ")} ` +
      "are here, and none for this host: pull the others, or push one with --platform",
  );
}
