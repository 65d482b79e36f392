import type { Target } from "../../../images/index.ts";
import type { CollectionSettings } from "../../config/collection.ts";
import { matchesReference } from "../../image/filter.ts";
import { prunable } from "../../image/prune.ts";
import type { ImageRooms } from "../../image/rooms.ts";

/** An image that says so of itself is not collected, unless the value is one of these. */
const keepLabel = "slipway.keep";
const refusals = new Set(["false", "0", "no"]);

export interface Candidates {
  readonly free: readonly Target[];
  readonly kept: readonly { target: Target; reason: string }[];
}

/** What a collection may take, in any order, and what it may not although no container uses it. */
export function candidates(
  rooms: ImageRooms,
  { images: scope, keep }: Pick<CollectionSettings, "images" | "keep">,
): Candidates {
  if (scope === "none") return { free: [], kept: [] };
  const unused = prunable(rooms, { dangling: [scope === "dangling" ? "true" : "false"] }, rooms.users());
  const judged = unused.map((target) => ({ target, reason: reasonToKeep(rooms, target, keep) }));
  return {
    free: judged.filter(({ reason }) => reason === undefined).map(({ target }) => target),
    kept: judged.flatMap(({ target, reason }) => (reason === undefined ? [] : [{ target, reason }])),
  };
}

function reasonToKeep({ images }: ImageRooms, target: Target, keep: readonly string[]): string | undefined {
  const all = images.imagesOf(target);
  const labelled = all.some(({ labels }) => {
    const value = labels?.[keepLabel];
    return value !== undefined && !refusals.has(value.toLowerCase());
  });
  if (labelled) return `its label ${keepLabel}`;
  if (
    keep.length > 0 &&
    images.names(target).some((name) => matchesReference({ reference: [...keep] }, name))
  )
    return "gc-keep";
  return all.some(({ id }) => images.children(id).length > 0) ? "images were made from it" : undefined;
}
