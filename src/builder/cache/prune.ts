import type { BuildCacheRecord, BuildPruneOptions, BuildPruneResponse, Filters } from "../../api/index.ts";
import type { BuildCollection } from "../../engine/config/build-collection.ts";
import { bytesOf } from "../../engine/config/collection.ts";
import { collect } from "../../engine/image/garbage.ts";
import type { ImageRooms } from "../../engine/image/rooms.ts";
import { spaceOf } from "../../engine/store/gc/collect.ts";
import { SlipwayError } from "../../errors/index.ts";
import { itemFilter, type Matches } from "./filter.ts";
import { type CacheDirectories, type CacheItem, itemsOf } from "./item.ts";
import { type KeepSpace, type Plan, planPrune } from "./plan.ts";

/** What a prune takes only when it is asked to: what is of the builder's own, and what gives nothing back. */
const isSpared = ({ type, shared }: CacheItem): boolean =>
  shared || type === "internal" || type === "frontend";

export interface Pruned {
  /** Ids. */
  readonly deleted: string[];
  /** Bytes. */
  readonly reclaimed: number;
}

/** Lists and deletes what builds keep: steps' records with their layers, and directories of cache mounts. */
export class Pruner {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly rooms: ImageRooms,
    private readonly directories?: CacheDirectories,
  ) {}

  async usage(filters: Filters = {}): Promise<BuildCacheRecord[]> {
    const matches = itemFilter(filters);
    return (await itemsOf(this.rooms, this.directories)).filter(matches).map(describe);
  }

  async prune(options: BuildPruneOptions): Promise<BuildPruneResponse> {
    const { all = false, filters, reservedSpace = 0, maxUsedSpace = 0, minFreeSpace = 0 } = options;
    const keep = { reserved: reservedSpace, maxUsed: maxUsedSpace, minFree: minFreeSpace };
    const matches = itemFilter(filters);
    const { deleted, reclaimed } = await this.#inTurn(() =>
      options.dryRun === true ? this.#foresee(all, matches, keep) : this.#prune(all, matches, keep),
    );
    return { CachesDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed: reclaimed };
  }

  /** Keeps to the configured policies, one after the other. */
  async collect({ policies }: BuildCollection): Promise<Pruned> {
    const total = { deleted: [] as string[], reclaimed: 0 };
    const { size } = await spaceOf(this.rooms.dataRoot);
    for (const { all, filters, reserved, maxUsed, minFree } of policies) {
      const keep = {
        reserved: bytesOf(reserved, size),
        maxUsed: bytesOf(maxUsed, size),
        minFree: bytesOf(minFree, size),
      };
      const matches = filters.map(itemFilter);
      const chosen: Matches = (item) => matches.length === 0 || matches.some((each) => each(item));
      const { deleted, reclaimed } = await this.#inTurn(() => this.#prune(all, chosen, keep));
      total.deleted.push(...deleted);
      total.reclaimed += reclaimed;
    }
    return total;
  }

  /** Two at once would both free what one has to. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  async #plan(all: boolean, matches: Matches, keep: KeepSpace): Promise<Plan> {
    const { free } = await spaceOf(this.rooms.dataRoot);
    const items = await itemsOf(this.rooms, this.directories);
    const chosen: Matches = (item) => (all || !isSpared(item)) && matches(item);
    return planPrune(items, { chosen, keep, free });
  }

  async #foresee(all: boolean, matches: Matches, keep: KeepSpace): Promise<Pruned> {
    const { items, bytes } = await this.#plan(all, matches, keep);
    return { deleted: items.map(({ id }) => id), reclaimed: bytes };
  }

  async #prune(all: boolean, matches: Matches, keep: KeepSpace): Promise<Pruned> {
    const { items: planned } = await this.#plan(all, matches, keep);
    const steps = planned.filter(({ directory }) => directory === undefined);
    const reclaimed = await this.#deleteSteps(steps);
    const directories = await this.#deleteDirectories(planned);
    return {
      deleted: [...steps, ...directories].map(({ id }) => id),
      reclaimed: directories.reduce((sum, { size }) => sum + size, reclaimed),
    };
  }

  /** Answers the bytes of the layers that went. */
  async #deleteSteps(steps: readonly CacheItem[]): Promise<number> {
    const { buildRecords } = this.rooms;
    buildRecords.delete(steps.flatMap(({ record }) => (record === undefined ? [] : [record.key])));
    const sizes = new Map(
      steps.flatMap(({ record }) => record?.layers ?? []).map(({ chainID, size }) => [chainID, size]),
    );
    const removed = await collect(this.rooms, { blobs: [], chains: sizes.keys() });
    return removed.reduce((sum, chainID) => sum + (sizes.get(chainID) ?? 0), 0);
  }

  async #deleteDirectories(planned: readonly CacheItem[]): Promise<CacheItem[]> {
    const gone: CacheItem[] = [];
    for (const item of planned) {
      if (item.directory === undefined) continue;
      try {
        await this.directories?.remove(item.directory.name);
        gone.push(item);
      } catch (error) {
        // A step has come to use it meanwhile.
        if (!(error instanceof SlipwayError && error.kind === "conflict")) throw error;
      }
    }
    return gone;
  }
}

function describe(item: CacheItem): BuildCacheRecord {
  const { id, parents, type, description, inUse, shared, size, createdAt, lastUsedAt, usageCount } = item;
  return {
    ID: id,
    ...(parents.length === 0 ? {} : { Parents: [...parents] }),
    Type: type,
    Description: description,
    InUse: inUse,
    Shared: shared,
    Size: size,
    CreatedAt: new Date(createdAt).toISOString(),
    LastUsedAt: lastUsedAt > 0 ? new Date(lastUsedAt).toISOString() : null,
    UsageCount: usageCount,
  };
}
