import { booleanFilter, checkFilters, filterValues, matchesLabels } from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import type { Target } from "../../images/index.ts";
import { formatReference } from "../../oci/reference.ts";
import { untilOf } from "../until.ts";
import { removeImage } from "./remove.ts";
import type { ImageRooms, ImageUser } from "./rooms.ts";
import { mainImage } from "./summary.ts";

/** Removes images without a tag, or with `dangling=false` all, that no container uses. */
export async function pruneImages(rooms: ImageRooms, filters: api.Filters): Promise<api.ImagesPruneResponse> {
  const { images, events } = rooms;
  const chosen = prunable(rooms, filters, rooms.users());
  const sizes = new Map<string, number>();
  for (const { chain, record } of images.all()) {
    for (const [index, id] of chain.entries()) sizes.set(id, record.layerSizes[index] ?? 0);
  }
  const deleted: api.ImageDeleteItem[] = [];
  for (const target of chosen) {
    const names = images.names(target).map(formatReference);
    for (const ref of names.length > 0 ? names : target.images)
      deleted.push(...(await removeUnused(rooms, ref)));
  }
  const reclaimed = deleted.map((item) => ("Deleted" in item ? (sizes.get(item.Deleted) ?? 0) : 0));
  const SpaceReclaimed = reclaimed.reduce((sum, size) => sum + size, 0);
  events.publish({
    type: "image",
    action: "prune",
    id: "",
    attributes: { reclaimed: String(SpaceReclaimed) },
  });
  return { ImagesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed };
}

/** What a prune is about, as long as the containers are these. */
export function prunable(rooms: ImageRooms, filters: api.Filters, users: readonly ImageUser[]): Target[] {
  checkFilters(filters, ["dangling", "label", "label!", "until"]);
  const onlyDangling = booleanFilter(filters, "dangling") ?? true;
  const used = new Set(users.map(({ imageId }) => imageId));
  return rooms.images
    .targets()
    .filter((target) => !target.images.some((id) => used.has(id)))
    .filter((target) => isChosen(rooms, target, filters, onlyDangling));
}

/** Removes a target with all its names, unless somebody has come to use it. */
export async function removeTarget(rooms: ImageRooms, target: Target): Promise<api.ImageDeleteItem[]> {
  const names = rooms.images.names(target).map(formatReference);
  const deleted: api.ImageDeleteItem[] = [];
  for (const ref of names.length > 0 ? names : target.images)
    deleted.push(...(await removeUnused(rooms, ref)));
  return deleted;
}

function isChosen(
  { images }: ImageRooms,
  target: Target,
  filters: api.Filters,
  onlyDangling: boolean,
): boolean {
  const references = images.names(target);
  const image = mainImage(images, target);
  if (references.length === 0 && images.children(image.id).length > 0) return false;
  if (onlyDangling && references.some(({ tag }) => tag !== undefined)) return false;
  const until = untilOf(filters);
  if (until !== undefined && image.created > Number(until) / 1e6) return false;
  const excluded = filterValues(filters, "label!");
  if (excluded.length > 0 && matchesLabels(filters, "label!", image.labels)) return false;
  return matchesLabels(filters, "label", image.labels);
}

/** What is in use stays, and what went meanwhile is gone. */
async function removeUnused(rooms: ImageRooms, ref: string): Promise<api.ImageDeleteItem[]> {
  try {
    return await removeImage(rooms, ref, {});
  } catch (error) {
    if (error instanceof SlipwayError && (error.kind === "conflict" || error.kind === "notFound")) return [];
    throw error;
  }
}
