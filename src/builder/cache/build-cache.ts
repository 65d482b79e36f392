import type { BuildCacheRecord, BuildPruneOptions, BuildPruneResponse, Filters } from "../../api/index.ts";
import type { BuildCollection } from "../../engine/config/build-collection.ts";
import type { BuildRecord } from "../../engine/image/build-records.ts";
import { collect } from "../../engine/image/garbage.ts";
import type { ImageRooms } from "../../engine/image/rooms.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Op } from "../graph/index.ts";
import type { BuiltLayer, OwnCache, SolvedStep } from "../solver/index.ts";
import type { CacheDirectories } from "./item.ts";
import { Pruner } from "./prune.ts";

/** As `docker builder du` names what is not an ordinary step's. */
const types: Partial<Record<Op["kind"], string>> = {
  local: "source.local",
  git: "source.git.checkout",
};

export interface BuildCacheOptions {
  readonly rooms: ImageRooms;
  /** Those of cache mounts. */
  readonly directories?: CacheDirectories;
  /** What it keeps by itself; absent: all. */
  readonly collection?: BuildCollection;
  /** Runs what need not be waited for. */
  readonly behind: (what: string, work: () => Promise<unknown>) => void;
  readonly log?: (message: string) => void;
}

/** So long after the start, and after a step was saved, the policies are looked at, in milliseconds: builds are over by then. */
const collectAfter = 60_000;

/** The engine's own cache of steps: a record for each, whose layers are snapshots like those of images. */
export class BuildCache implements OwnCache {
  readonly #pruner: Pruner;
  #collecting: Timer | undefined;

  constructor(private readonly options: BuildCacheOptions) {
    this.#pruner = new Pruner(options.rooms, options.directories);
    this.#collectLater();
  }

  /** A record whose layers somebody has taken away is forgotten. */
  find(key: Digest): readonly BuiltLayer[] | undefined {
    const { buildRecords, snapshots } = this.options.rooms;
    const record = buildRecords.get(key);
    if (record === undefined) return undefined;
    const top = record.layers.at(-1);
    if (top !== undefined && !snapshots.has(top.chainID)) {
      buildRecords.delete([key]);
      return undefined;
    }
    buildRecords.used(record);
    return record.layers;
  }

  save({ key, layers, vertex, inputs, parents }: SolvedStep): void {
    const { rooms, behind } = this.options;
    const below = new Set(
      inputs.flatMap((input) => (input.kind === "layers" ? input.layers.map(({ chainID }) => chainID) : [])),
    );
    const now = Date.now();
    const former = rooms.buildRecords.put({
      key,
      layers,
      own: layers.filter(({ chainID }) => !below.has(chainID)).length,
      made: vertex.op.kind !== "image" && vertex.op.kind !== "oci-layout",
      description: vertex.name,
      type: types[vertex.op.kind] ?? "regular",
      parents,
      createdAt: now,
      lastUsedAt: now,
      usageCount: 1,
    });
    rooms.pending.release(layers.map(({ chainID }) => chainID));
    this.#collectLater();
    if (former === undefined) return;
    const chains = chainsOf(former);
    behind("delete layers of a step that ran anew", () => collect(rooms, { blobs: [], chains }));
  }

  /** What `docker builder du` lists. */
  usage(filters: Filters): Promise<BuildCacheRecord[]> {
    return this.#pruner.usage(filters);
  }

  /** What `docker builder prune` deletes. What a build uses at the moment stays. */
  prune(options: BuildPruneOptions): Promise<BuildPruneResponse> {
    return this.#pruner.prune(options);
  }

  /** Keeps to the configured policies, now. */
  async collect(): Promise<void> {
    const { collection, log } = this.options;
    if (collection === undefined || !collection.enabled) return;
    const { deleted, reclaimed } = await this.#pruner.collect(collection);
    if (deleted.length > 0) log?.(`build cache: ${deleted.length} records deleted, ${reclaimed} bytes`);
  }

  /** Nothing of it is used any more. Returns when all is durable. */
  async close(): Promise<void> {
    clearTimeout(this.#collecting);
    await this.saved();
  }

  #collectLater(): void {
    this.#collecting ??= setTimeout(() => {
      this.#collecting = undefined;
      this.options.behind("collect the build cache", () => this.collect());
    }, collectAfter).unref();
  }

  /** Returns when all that was put into it before survives a power cut. */
  async saved(): Promise<void> {
    await this.options.rooms.buildRecords.saved();
  }
}

export const chainsOf = ({ layers }: Pick<BuildRecord, "layers">): Digest[] =>
  layers.map(({ chainID }) => chainID);
