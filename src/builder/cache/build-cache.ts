import type { BuildRecord } from "../../engine/image/build-records.ts";
import { collect } from "../../engine/image/garbage.ts";
import type { ImageRooms } from "../../engine/image/rooms.ts";
import type { Metastore } from "../../metastore/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Op } from "../graph/index.ts";
import type { BuiltLayer, OwnCache, SolvedStep } from "../solver/index.ts";
import { RememberedChecksums } from "./checksums.ts";

/** As `docker builder du` names what is not an ordinary step's. */
const types: Partial<Record<Op["kind"], string>> = {
  local: "source.local",
  git: "source.git.checkout",
};

export interface BuildCacheOptions {
  readonly rooms: ImageRooms;
  readonly metastore: Metastore;
  /** Runs what need not be waited for. */
  readonly behind: (what: string, work: () => Promise<unknown>) => void;
}

/** The engine's own cache of steps: a record for each, whose layers are snapshots like those of images. */
export class BuildCache implements OwnCache {
  readonly checksums: RememberedChecksums;

  constructor(private readonly options: BuildCacheOptions) {
    this.checksums = new RememberedChecksums(options.metastore);
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
      description: vertex.name,
      type: types[vertex.op.kind] ?? "regular",
      parents,
      createdAt: now,
      lastUsedAt: now,
      usageCount: 1,
    });
    if (former === undefined) return;
    const chains = chainsOf(former);
    behind("delete layers of a step that ran anew", () => collect(rooms, { blobs: [], chains }));
  }

  /** Returns when all that was put into it before survives a power cut; to be called before the store is closed. */
  async saved(): Promise<void> {
    this.checksums.save();
    await this.options.rooms.buildRecords.saved();
  }
}

export const chainsOf = ({ layers }: Pick<BuildRecord, "layers">): Digest[] =>
  layers.map(({ chainID }) => chainID);
