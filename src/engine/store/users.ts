import type { Image } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { familiarReference, parseReference } from "../../oci/reference.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../context.ts";
import type { ImageRooms } from "../image/rooms.ts";

/** An image's names as people write them; its id when it has none. */
export function namesOf({ images }: Pick<ImageRooms, "images">, { id }: Image): string[] {
  const names = images.references(id).filter(({ tag }) => tag !== undefined);
  return names.length > 0 ? names.map(familiarReference) : [id];
}

/** Names of the images and artifacts that need a blob. */
export function imagesWithBlob(rooms: Pick<ImageRooms, "images" | "artifacts">, digest: Digest): string[] {
  const { images, artifacts } = rooms;
  const targets = images.kept().filter((target) => target.blobs.some((blob) => blob.digest === digest));
  const kept = artifacts.all().filter(({ blobs }) => blobs.some((blob) => blob.digest === digest));
  return unique([
    ...targets.flatMap((target) => images.imagesOf(target)).flatMap((image) => namesOf(rooms, image)),
    ...kept.map(({ repository, descriptor }) =>
      familiarReference(parseReference(`${repository}@${descriptor.digest}`)),
    ),
  ]);
}

/** Names of the images that have a layer. */
export function imagesWithLayer(rooms: Pick<ImageRooms, "images">, chainID: Digest): string[] {
  const having = rooms.images.all().filter(({ chain }) => chain.includes(chainID));
  return unique(having.flatMap((image) => namesOf(rooms, image)));
}

/** The containers whose root file system has a layer in it. */
export function containersOnLayer(
  { containers }: Pick<EngineContext, "containers">,
  { snapshots }: Pick<ImageRooms, "snapshots">,
  chainID: string,
): ContainerRecord[] {
  const parents = new Map([...snapshots.walk()].map(({ key, parent }) => [key, parent]));
  const lies = (chain: string | undefined): boolean => {
    for (let at = chain; at !== undefined; at = parents.get(at)) if (at === chainID) return true;
    return false;
  };
  return [...containers].map(({ record }) => record).filter(({ image }) => lies(image.chainId));
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
