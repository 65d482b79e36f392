import { conflict, SlipwayError } from "../../../errors/index.ts";
import type { Target } from "../../../images/index.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import { familiarReference, type Reference, repositoryOf } from "../../../oci/reference.ts";
import { emit } from "../../image/events.ts";
import { collect } from "../../image/garbage.ts";
import { removeImage } from "../../image/remove.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import { mainImage } from "../../image/summary.ts";
import { repositoryFor } from "./names.ts";
import { viewRepository } from "./view.ts";

type Place = Pick<Reference, "domain" | "path">;

/** Takes a tag, or all names of a digest, out of a repository; what nothing else needs goes with them. */
export async function deleteManifest(rooms: ImageRooms, place: Place, tagOrDigest: string): Promise<boolean> {
  return isDigest(tagOrDigest)
    ? await deleteByDigest(rooms, place, tagOrDigest)
    : await deleteTag(rooms, place, tagOrDigest);
}

async function deleteTag(rooms: ImageRooms, place: Place, tag: string): Promise<boolean> {
  const isArtifact = rooms.artifacts.untag(repositoryOf(place), tag);
  const named = namesIn(rooms, place, (reference) => reference.tag === tag);
  await take(rooms, named);
  return isArtifact || named.length > 0;
}

async function deleteByDigest(rooms: ImageRooms, place: Place, digest: Digest): Promise<boolean> {
  const artifact = rooms.artifacts.remove(repositoryOf(place), digest);
  const named = namesIn(rooms, place, (_, target) => target.digest === digest);
  await take(rooms, named);
  if (artifact !== undefined)
    await collect(rooms, { blobs: artifact.blobs.map((blob) => blob.digest), chains: [] });
  if (artifact !== undefined || named.length > 0) return true;
  const name = repositoryFor(place) ?? "";
  if (viewRepository(rooms, name)?.manifests.has(digest) !== true) return false;
  throw conflict(`${digest} is part of an index of ${name}: delete that`);
}

function namesIn(
  { images }: ImageRooms,
  place: Place,
  isMeant: (reference: Reference, target: Target) => boolean,
): [Reference, Target][] {
  return [...images.named()].filter(
    ([reference, target]) => repositoryOf(reference) === repositoryOf(place) && isMeant(reference, target),
  );
}

async function take(rooms: ImageRooms, named: readonly [Reference, Target][]): Promise<void> {
  const { images } = rooms;
  for (const [reference, target] of named) {
    const { id } = mainImage(images, target);
    if (images.untag(reference)) emit(rooms, "untag", id, familiarReference(reference));
  }
  for (const id of new Set(named.flatMap(([, target]) => target.images))) {
    if (images.get(id) !== undefined && images.references(id).length === 0) await removeUnlessUsed(rooms, id);
  }
  await collect(rooms, { blobs: [], chains: [] });
}

/** A container's image stays without a name, as does one that others were made from. */
async function removeUnlessUsed(rooms: ImageRooms, id: Digest): Promise<void> {
  try {
    await removeImage(rooms, id, {});
  } catch (error) {
    if (!(error instanceof SlipwayError && error.kind === "conflict")) throw error;
  }
}
