import type * as api from "../../api/index.ts";
import type { Image } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { ImageRooms } from "../image/rooms.ts";
import { namesOf } from "./users.ts";

/** Which images share which layers. Siblings stand in the order of their size, the largest first. */
export function imageTree(rooms: Pick<ImageRooms, "images">): api.ImageTree {
  const all = rooms.images.all();
  const counts = new Map<Digest, number>();
  const sizes = new Map<Digest, number>();
  for (const { chain, record } of all) {
    for (const [at, id] of chain.entries()) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      sizes.set(id, record.layerSizes[at] ?? 0);
    }
  }
  const shown = (image: Image): api.ImageTreeImage => ({
    Id: image.id,
    Names: namesOf(rooms, image),
    Size: image.size,
    UniqueSize: sum(image.chain.filter((id) => counts.get(id) === 1).map((id) => sizes.get(id) ?? 0)),
  });
  const grow = (images: readonly Image[], depth: number): api.ImageTreeNode[] => {
    const children = Map.groupBy(
      images.filter(({ chain }) => chain.length > depth),
      ({ chain }) => chain[depth] as Digest,
    );
    const nodes = [...children].map(([ChainId, above]) => ({
      ChainId,
      DiffId: above[0]?.config.rootfs.diff_ids[depth] ?? "",
      Size: sizes.get(ChainId) ?? 0,
      ImageCount: above.length,
      Images: above.filter(({ chain }) => chain.length === depth + 1).map(shown),
      Children: grow(above, depth + 1),
    }));
    return nodes.sort((a, b) => b.ImageCount - a.ImageCount || b.Size - a.Size);
  };
  const total = (isShared: boolean) =>
    sum([...counts].filter(([, count]) => count > 1 === isShared).map(([id]) => sizes.get(id) ?? 0));
  return {
    Roots: grow(all, 0),
    Empty: all.filter(({ chain }) => chain.length === 0).map(shown),
    Shared: total(true),
    Unique: total(false),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
