import type { Image, Target } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Descriptor } from "../../oci/image.ts";
import type { Reference } from "../../oci/reference.ts";
import type { ImageRooms, ImageUser } from "../image/rooms.ts";

/** What goes with targets that are removed. */
export interface Removal {
  readonly names: readonly Reference[];
  readonly images: readonly Image[];
  /** Chain IDs, with the bytes of each layer. */
  readonly layers: ReadonlyMap<Digest, number>;
  /** Bytes that the disk gets back: of these layers and of the blobs that nothing else needs. */
  readonly freed: number;
}

/** Foresees a removal, as long as the containers are these: what `removeImage` does is what is said here. */
export function planRemoval(
  rooms: ImageRooms,
  chosen: readonly Target[],
  users: readonly ImageUser[],
): Removal {
  const { images } = rooms;
  const left = images.targets().filter((target) => !chosen.some(({ digest }) => digest === target.digest));
  const gone = goneImages(rooms, chosen, left, users);
  const goneIds = new Set(gone.map(({ id }) => id));
  const staying = images.all().filter(({ id }) => !goneIds.has(id));
  const isLeft = isLeftBy(chosen);
  const [kept, lost] = [images.kept().filter(isLeft), images.kept().filter((target) => !isLeft(target))];
  const remaining = kept.filter((target) => target.images.some((id) => !goneIds.has(id)));
  const layers = goneLayers(rooms, gone, staying, users);
  const blobs = goneBlobs([...lost, ...gone], [...staying, ...remaining]);
  const own = [...layers].filter(([id]) => rooms.snapshots.has(id) && !isBlob(rooms, gone, id));
  return {
    names: chosen.flatMap((target) => images.names(target)),
    images: gone,
    layers,
    freed: own.reduce((sum, [, size]) => sum + size, blobs),
  };
}

/** Whether something that is kept outlives the names of these: an image's go with all of its manifests. */
function isLeftBy(chosen: readonly Target[]): (target: Target) => boolean {
  const indexes = new Set(chosen.map(({ digest }) => digest));
  const single = new Set(chosen.filter(({ isIndex }) => !isIndex).flatMap(({ images }) => images));
  return ({ isIndex, digest, images }) =>
    isIndex ? !indexes.has(digest) : !images.some((id) => single.has(id));
}

/** Those of the targets, unless something else needs them, and then their parents that nothing needs any more. */
function goneImages(
  { images }: ImageRooms,
  chosen: readonly Target[],
  left: readonly Target[],
  users: readonly ImageUser[],
): Image[] {
  const used = new Set(users.map(({ imageId }) => imageId));
  const named = new Set(
    left.filter((target) => images.names(target).length > 0).flatMap((target) => target.images),
  );
  const gone = new Set<Image>();
  const isFree = (image: Image) =>
    !used.has(image.id) &&
    !named.has(image.id) &&
    images.children(image.id).every((child) => gone.has(child));
  const candidates = new Set(chosen.flatMap((target) => images.imagesOf(target)));
  for (let before = -1; before < gone.size; ) {
    before = gone.size;
    for (const image of candidates) {
      if (gone.has(image) || !isFree(image)) continue;
      gone.add(image);
      const parent = image.record.parent === undefined ? undefined : images.get(image.record.parent);
      if (parent !== undefined) candidates.add(parent);
    }
  }
  return [...gone];
}

/** A layer goes when no image has it and nothing that stays lies on it. */
function goneLayers(
  { snapshots, leases }: ImageRooms,
  gone: readonly Image[],
  staying: readonly Image[],
  users: readonly ImageUser[],
): Map<Digest, number> {
  const needed = new Set<string>(staying.flatMap(({ chain }) => chain));
  const layers = new Map<Digest, number>();
  for (const { chain, record } of gone) {
    for (const [at, id] of chain.entries()) {
      if (!needed.has(id) && !leases.holdsLayer(id)) layers.set(id, record.layerSizes[at] ?? 0);
    }
  }
  const containers = new Set(users.map(({ id }) => id));
  const isContainers = /^[0-9a-f]{64}$/;
  const others = [...snapshots.walk()].filter(({ key }) => !isContainers.test(key) || containers.has(key));
  for (let before = -1; before !== layers.size; ) {
    before = layers.size;
    for (const { key, parent } of others) {
      if (parent !== undefined && !layers.has(key as Digest)) layers.delete(parent as Digest);
    }
  }
  return layers;
}

/** Whether a layer is kept as an image of a blob that is not compressed: it takes next to nothing by itself. */
function isBlob({ snapshots }: ImageRooms, images: readonly Image[], id: Digest): boolean {
  if (snapshots.stat(id).image !== true) return false;
  return images.some(({ chain, record }) => {
    const at = chain.indexOf(id);
    return at >= 0 && record.layers[at]?.digest === record.config.rootfs.diff_ids[at];
  });
}

function goneBlobs(
  gone: readonly { blobs: readonly Descriptor[] }[],
  staying: readonly { blobs: readonly Descriptor[] }[],
): number {
  const needed = new Set(staying.flatMap(({ blobs }) => blobs.map(({ digest }) => digest)));
  const all = gone.flatMap(({ blobs }) => blobs);
  const sizes = new Map(
    all.filter(({ digest }) => !needed.has(digest)).map(({ digest, size }) => [digest, size]),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
