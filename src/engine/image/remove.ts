import type * as api from "../../api/index.ts";
import { conflict, invalid } from "../../errors/index.ts";
import type { Image, Target } from "../../images/index.ts";
import { hexOf } from "../../oci/digest.ts";
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
  repositoryOf,
  withDefaultTag,
} from "../../oci/reference.ts";
import { emit } from "./events.ts";
import { findImageFor, findTarget } from "./find.ts";
import { collect } from "./garbage.ts";
import type { ImageRooms } from "./rooms.ts";
import { mainImage } from "./summary.ts";

export interface RemoveImageOptions {
  force?: boolean;
  /** Parents that nothing uses any more stay. */
  noprune?: boolean;
  /** Only the images for these, `os/architecture[/variant]`, whatever names lead to them; needs `force`. */
  platforms?: readonly string[];
}

/**
 * Takes a name away, and with the last one the images that it led to; or, by id, an image with its one name. An image
 * with children or a running container stays; names in several repositories and stopped containers need `force`.
 */
export async function removeImage(
  rooms: ImageRooms,
  ref: string,
  options: RemoveImageOptions,
): Promise<api.ImageDeleteItem[]> {
  if (options.platforms?.length) return await removePlatforms(rooms, ref, options.platforms, options);
  const target = meantByRemove(rooms, ref);
  const done = isMeantById(rooms, ref, target)
    ? await removeById(rooms, target, options)
    : await removeByName(rooms, ref, target, options);
  // What an index had beside its images.
  await collect(rooms, { blobs: [], chains: [] });
  return done;
}

async function removeByName(
  rooms: ImageRooms,
  ref: string,
  target: Target,
  { force = false, noprune = false }: RemoveImageOptions,
): Promise<api.ImageDeleteItem[]> {
  const { images } = rooms;
  const done: api.ImageDeleteItem[] = [];
  if (!force && isSingle(images.names(target))) refuseLastName(rooms, ref, target);
  untag(rooms, target, removedName(rooms, ref, target), done);
  for (const image of images.imagesOf(target)) {
    if (images.references(image.id).length > 0) continue;
    const found = obstacle(rooms, image, { force, names: true });
    if (found === undefined) await deleteImage(rooms, image, done, !noprune);
  }
  return done;
}

async function removeById(
  rooms: ImageRooms,
  target: Target,
  { force = false, noprune = false }: RemoveImageOptions,
): Promise<api.ImageDeleteItem[]> {
  const { images } = rooms;
  const done: api.ImageDeleteItem[] = [];
  const all = images.imagesOf(target);
  const names = images.names(target);
  const single = isSingle(names) && all.every(({ id }) => images.references(id).length === names.length);
  for (const image of all) refuse(obstacle(rooms, image, { force, names: !single }));
  if (single) for (const reference of names) untag(rooms, target, reference, done);
  for (const image of all) await deleteImage(rooms, image, done, !noprune);
  return done;
}

async function removePlatforms(
  rooms: ImageRooms,
  ref: string,
  platforms: readonly string[],
  { force = false, noprune = false }: RemoveImageOptions,
): Promise<api.ImageDeleteItem[]> {
  if (!force) {
    throw invalid(
      "Content will be removed from all images referencing this variant. Use --force to force delete.",
    );
  }
  const chosen = [...new Set(platforms.map((platform) => findImageFor(rooms.images, ref, platform)))];
  for (const image of chosen) refuse(obstacle(rooms, image, { force, names: false }));
  const done: api.ImageDeleteItem[] = [];
  for (const image of chosen) await deleteImage(rooms, image, done, !noprune);
  return done;
}

/** By the id that a list shows for an index, the index is meant. */
function meantByRemove({ images }: ImageRooms, ref: string): Target {
  const target = findTarget(images, ref);
  const [id] = target.images;
  if (target.isIndex || id === undefined || images.names(target).length > 0) return target;
  const shown = images.indexesOf(id).filter((index) => mainImage(images, index).id === id);
  return shown[0] ?? target;
}

/** A name that could be the beginning of the id as well, such as `cafe`, is a name. */
function isMeantById({ images }: ImageRooms, ref: string, target: Target): boolean {
  const ids = [target.digest, ...target.images];
  if (!ids.some((id) => id.startsWith(ref) || hexOf(id).startsWith(ref))) return false;
  const names = images.names(target).flatMap((name) => [familiarReference(name), familiarName(name)]);
  return !names.includes(ref);
}

/** The name that was meant: not all that leads to an image, such as a digest, is a name that can be taken away. */
function removedName({ images }: ImageRooms, ref: string, target: Target): Reference {
  const named = formatReference(withDefaultTag(parseReference(ref)));
  const own = images.names(target);
  const found = own.find((reference) => formatReference(reference) === named);
  if (found !== undefined) return found;
  throw conflict(
    `cannot remove "${ref}": the image has no such name; it is ${own.map(familiarReference).join(", ")}`,
  );
}

/** Takes a name away, and with a repository's last tag its digests. */
function untag(rooms: ImageRooms, target: Target, reference: Reference, done: api.ImageDeleteItem[]): void {
  const { images } = rooms;
  const { id } = mainImage(images, target);
  const take = (name: Reference) => {
    if (!images.untag(name)) return false;
    done.push({ Untagged: familiarReference(name) });
    return true;
  };
  if (!take(reference)) return;
  emit(rooms, "untag", id, id);
  if (reference.digest !== undefined) return;
  const rest = images.names(target).filter((other) => repositoryOf(other) === repositoryOf(reference));
  if (rest.every(({ tag }) => tag === undefined)) for (const canonical of rest) take(canonical);
}

async function deleteImage(
  rooms: ImageRooms,
  image: Image,
  done: api.ImageDeleteItem[],
  pruneParents: boolean,
): Promise<void> {
  const { images } = rooms;
  const parent = image.record.parent === undefined ? undefined : images.get(image.record.parent);
  const names = images.references(image.id);
  emit(rooms, "delete", image.id, image.id);
  images.remove(image.id);
  const gone = names.filter((name) => images.target(formatReference(name)) === undefined);
  for (const reference of gone) done.push({ Untagged: familiarReference(reference) });
  done.push({ Deleted: image.id });
  const layers = await collect(rooms, {
    blobs: image.blobs.map(({ digest }) => digest),
    chains: image.chain,
  });
  for (const chain of layers) done.push({ Deleted: chain });
  if (!pruneParents || parent === undefined) return;
  if (obstacle(rooms, parent, { force: false, names: true }) === undefined) {
    await deleteImage(rooms, parent, done, true);
  }
}

interface Obstacle {
  error: Error;
  /** It is a container. */
  used: boolean;
}

/** What keeps an image from being deleted; undefined when nothing does. `names`: whether names count. */
function obstacle(
  { images, users }: ImageRooms,
  { id }: Image,
  { force, names }: { force: boolean; names: boolean },
): Obstacle | undefined {
  const because = (reason: string, remedy: string, used: boolean) => {
    return { error: conflict(`conflict: unable to delete ${short(id)} (${remedy}) - ${reason}`), used };
  };
  const containers = users().filter(({ imageId }) => imageId === id);
  const running = containers.find((container) => container.running);
  if (images.children(id).length > 0) {
    return because("image has dependent child images", "cannot be forced", false);
  }
  if (running !== undefined) {
    return because(`image is being used by running container ${short(running.id)}`, "cannot be forced", true);
  }
  if (force) return undefined;
  if (names && images.references(id).length > 0) {
    return because("image is referenced in multiple repositories", "must be forced", false);
  }
  const [stopped] = containers;
  if (stopped === undefined) return undefined;
  return because(`image is being used by stopped container ${short(stopped.id)}`, "must be forced", true);
}

function refuse(found: Obstacle | undefined): void {
  if (found !== undefined) throw found.error;
}

function refuseLastName({ users }: ImageRooms, ref: string, { images }: Target): void {
  const user = users().find(({ imageId }) => images.some((id) => id === imageId));
  if (user === undefined) return;
  throw conflict(
    `conflict: unable to remove repository reference "${ref}" (must force) - container ${short(user.id)} is ` +
      `using its referenced image ${short(user.imageId)}`,
  );
}

/** All names are of one repository and at most one is a tag. */
function isSingle(references: readonly Reference[]): boolean {
  const tags = references.filter(({ digest }) => digest === undefined);
  return tags.length <= 1 && new Set(references.map(repositoryOf)).size === 1;
}

function short(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12);
}
