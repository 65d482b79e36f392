import type * as api from "../../api/index.ts";
import { conflict } from "../../errors/index.ts";
import type { Image } from "../../images/index.ts";
import { type Digest, hexOf } from "../../oci/digest.ts";
import {
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  repositoryOf,
  withDefaultTag,
} from "../../oci/reference.ts";
import { emit } from "./events.ts";
import { findImage } from "./find.ts";
import { collect } from "./garbage.ts";
import type { ImageRooms } from "./rooms.ts";

export interface RemoveImageOptions {
  force?: boolean;
  /** Parents that nothing uses any more stay. */
  noprune?: boolean;
}

/**
 * Takes a name away, and with an image's last name the image; or, by id, the image with its one name. An image
 * with children or a running container stays; names in several repositories and stopped containers need `force`.
 */
export async function removeImage(
  rooms: ImageRooms,
  ref: string,
  { force = false, noprune = false }: RemoveImageOptions,
): Promise<api.ImageDeleteItem[]> {
  const { images } = rooms;
  const image = findImage(images, ref);
  const { id } = image;
  const done: api.ImageDeleteItem[] = [];
  const isId = isMeantById(rooms, ref, id);
  if (!isId) {
    if (!force && isSingle(images.references(id))) refuseLastName(rooms, ref, id);
    untag(rooms, id, removedName(rooms, ref, id), done);
    if (images.references(id).length > 0) return done;
  } else if (isSingle(images.references(id))) {
    refuse(obstacle(rooms, image, { force, names: false }));
    for (const reference of images.references(id)) untag(rooms, id, reference, done);
  }
  const found = obstacle(rooms, image, { force, names: true });
  if (found !== undefined && !isId && (images.children(id).length > 0 || found.used)) return done;
  refuse(found);
  await deleteImage(rooms, image, done, !noprune);
  return done;
}

/** A name that could be the beginning of the id as well, such as `cafe`, is a name. */
function isMeantById({ images }: ImageRooms, ref: string, id: Digest): boolean {
  if (!id.startsWith(ref) && !hexOf(id).startsWith(ref)) return false;
  const names = images.references(id).flatMap((name) => [familiarReference(name), familiarName(name)]);
  return !names.includes(ref);
}

/** The name that was meant, and with a repository's last tag its digests. */
function removedName({ images }: ImageRooms, ref: string, id: Digest): Reference {
  const named = withDefaultTag(parseReference(ref));
  const own = images.references(id);
  return own.find((reference) => familiarReference(reference) === familiarReference(named)) ?? named;
}

function untag(rooms: ImageRooms, id: Digest, reference: Reference, done: api.ImageDeleteItem[]): void {
  const { images } = rooms;
  images.untag(reference);
  done.push({ Untagged: familiarReference(reference) });
  emit(rooms, "untag", id, id);
  if (reference.digest !== undefined) return;
  const rest = images.references(id).filter((other) => repositoryOf(other) === repositoryOf(reference));
  if (rest.some(({ tag }) => tag !== undefined)) return;
  for (const canonical of rest) {
    images.untag(canonical);
    done.push({ Untagged: familiarReference(canonical) });
  }
}

async function deleteImage(
  rooms: ImageRooms,
  image: Image,
  done: api.ImageDeleteItem[],
  pruneParents: boolean,
): Promise<void> {
  const { images } = rooms;
  const parent = image.record.parent === undefined ? undefined : images.get(image.record.parent);
  for (const reference of images.references(image.id)) done.push({ Untagged: familiarReference(reference) });
  emit(rooms, "delete", image.id, image.id);
  images.remove(image.id);
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

function refuseLastName({ users }: ImageRooms, ref: string, id: Digest): void {
  const user = users().find(({ imageId }) => imageId === id);
  if (user === undefined) return;
  throw conflict(
    `conflict: unable to remove repository reference "${ref}" (must force) - container ${short(user.id)} is ` +
      `using its referenced image ${short(id)}`,
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
