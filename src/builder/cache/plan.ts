import type { Digest } from "../../oci/digest.ts";
import type { CacheItem } from "./item.ts";

/** How much is to be kept, in bytes; all zero: nothing. */
export interface KeepSpace {
  /** So much is kept in any case. */
  readonly reserved: number;
  /** More than that is not kept. */
  readonly maxUsed: number;
  /** So much of the disk is to be free. */
  readonly minFree: number;
}

export interface PlanOptions {
  /** What may go. */
  readonly chosen: (item: CacheItem) => boolean;
  readonly keep: KeepSpace;
  /** Bytes of the disk that are free. */
  readonly free: number;
}

export interface Plan {
  /** In the order in which they go. */
  readonly items: CacheItem[];
  /** Bytes that this gives back. */
  readonly bytes: number;
}

/**
 * What a prune deletes, in this order: what was not used for the longest time first, but nothing that something else
 * which stays lies on. What is in use stays. `items` are in the order of their last use.
 */
export function planPrune(items: readonly CacheItem[], { chosen, keep, free }: PlanOptions): Plan {
  const space = new Space(items);
  const before = space.total;
  const limit = bytesToKeep(space.total, keep, free);
  const children = new Map<string, number>();
  for (const parent of items.flatMap(({ parents }) => parents))
    children.set(parent, (children.get(parent) ?? 0) + 1);
  const waiting = new Map<string, CacheItem>();
  const gone: CacheItem[] = [];
  const take = (first: CacheItem): void => {
    // A parent whose turn is over is older than what comes next.
    for (const pending = [first]; pending.length > 0; ) {
      const item = pending.pop() as CacheItem;
      if (limit > 0 && space.total <= limit) return;
      space.free(item);
      gone.push(item);
      for (const id of item.parents) {
        const left = (children.get(id) ?? 1) - 1;
        children.set(id, left);
        const parent = waiting.get(id);
        if (left === 0 && parent !== undefined) pending.push(parent);
      }
    }
  };
  for (const item of items) {
    if (item.inUse || !chosen(item)) continue;
    if ((children.get(item.id) ?? 0) > 0) waiting.set(item.id, item);
    else take(item);
  }
  return { items: gone, bytes: before - space.total };
}

/** How many bytes a cache of that size may keep; zero: there is no limit to what goes. As BuildKit's cache/manager.go. */
export function bytesToKeep(total: number, { reserved, maxUsed, minFree }: KeepSpace, free: number): number {
  if (reserved === 0 && maxUsed === 0 && minFree === 0) return 0;
  const lacking = minFree - free;
  const bounds = [...(maxUsed > 0 ? [maxUsed] : []), ...(lacking > 0 ? [total - lacking] : [])];
  if (bounds.length === 0 && minFree > 0) bounds.push(total);
  // Nothing at all may be kept is not "no limit": then it would be more than what was asked for.
  return Math.max(reserved, bounds.length === 0 ? 0 : Math.min(...bounds), 1);
}

/** What items take on the disk: a layer that several of them have counts once. */
class Space {
  total = 0;
  readonly #holders = new Map<Digest, number>();

  constructor(items: readonly CacheItem[]) {
    for (const { layers, directory, size } of items) {
      for (const layer of layers) this.#count(layer, 1);
      if (directory !== undefined) this.total += size;
    }
  }

  free({ layers, directory, size }: CacheItem): void {
    for (const layer of layers) this.#count(layer, -1);
    if (directory !== undefined) this.total -= size;
  }

  #count({ chainID, size }: CacheItem["layers"][number], by: 1 | -1): void {
    const before = this.#holders.get(chainID) ?? 0;
    this.#holders.set(chainID, before + by);
    if (before === 0) this.total += size;
    if (before + by === 0) this.total -= size;
  }
}
