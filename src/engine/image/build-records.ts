import type { Metastore, Table } from "../../metastore/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { LayerHolder } from "./leases.ts";
import type { PendingLayers } from "./pending-layers.ts";

/** A layer that a step of a build made or found. */
export interface RecordedLayer {
  readonly diffID: Digest;
  readonly chainID: Digest;
  readonly size: number;
  /** RFC 3339. */
  readonly created: string;
}

/** In milliseconds. */
const usesSavedAfter = 10_000;

/** What a step of a build came to, by the key of all that it depends on. */
export interface BuildRecord {
  readonly key: Digest;
  /** Lowest first. */
  readonly layers: readonly RecordedLayer[];
  /** So many of them, the topmost, are the step's own. */
  readonly own: number;
  /** Whether these were made by a build; otherwise they came with an image, and others have packed them. */
  readonly made: boolean;
  /** The step as people see it. */
  readonly description: string;
  /** As `docker builder du` has it: `regular`, `source.git.checkout`, … */
  readonly type: string;
  /** Keys of the steps on whose layers its own lie. */
  readonly parents: readonly Digest[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly usageCount: number;
}

/**
 * The records of builds' steps, which keep their layers from being collected. A new one counts at once and is durable
 * once its layers are: after a crash no record names a layer that is not whole.
 */
export class BuildRecords implements LayerHolder {
  readonly #table: Table<BuildRecord>;
  /** What is not in the table yet: new records, and uses of older ones. */
  readonly #unsaved = new Map<Digest, BuildRecord>();
  /** How many records have a layer. */
  readonly #holds = new Map<Digest, number>();
  #saving: Promise<void> | undefined;
  #later: Timer | undefined;

  constructor(
    private readonly metastore: Metastore,
    private readonly pending: PendingLayers,
  ) {
    this.#table = metastore.table("build-records");
    for (const { value } of this.#table.all()) this.#count(value, 1);
  }

  get(key: Digest): BuildRecord | undefined {
    return this.#unsaved.get(key) ?? this.#table.get(key);
  }

  all(): BuildRecord[] {
    const saved = this.#table.all().map(({ value }) => value);
    return [...saved.filter(({ key }) => !this.#unsaved.has(key)), ...this.#unsaved.values()];
  }

  /** Puts a record in the place of one with the same key; answers that. */
  put(record: BuildRecord): BuildRecord | undefined {
    const former = this.get(record.key);
    this.#count(record, 1);
    if (former !== undefined) this.#count(former, -1);
    this.#unsaved.set(record.key, record);
    // A failure leaves it here, for the next attempt and for who asks `saved`.
    this.saved().catch(() => undefined);
    return former;
  }

  /** Notes a use of a record. It is saved a while later: a crash makes the record look a little older. */
  used(record: BuildRecord): void {
    const { usageCount } = record;
    this.#unsaved.set(record.key, { ...record, lastUsedAt: Date.now(), usageCount: usageCount + 1 });
    this.#later ??= setTimeout(() => this.saved().catch(() => undefined), usesSavedAfter).unref();
  }

  /** In one commit. */
  delete(keys: readonly Digest[]): void {
    const records = keys.map((key) => this.get(key)).filter((record) => record !== undefined);
    this.metastore.transaction(() => {
      for (const { key } of records) this.#table.delete(key);
    });
    for (const record of records) {
      this.#unsaved.delete(record.key);
      this.#count(record, -1);
    }
  }

  /** Returns when all that was put before is durable. */
  async saved(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
    if (this.#unsaved.size === 0) return;
    this.#saving = this.#save().finally(() => {
      this.#saving = undefined;
    });
    await this.#saving;
  }

  holdsLayer(chainID: Digest): boolean {
    return this.#holds.has(chainID);
  }

  async #save(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    const batch = [...this.#unsaved.values()];
    const chains = new Set(batch.flatMap(({ layers }) => layers.map(({ chainID }) => chainID)));
    await this.pending.written(chains);
    // What was deleted or replaced meanwhile is none of this commit's.
    const current = batch.filter((record) => this.#unsaved.get(record.key) === record);
    this.metastore.transaction(() => {
      for (const record of current) this.#table.put(record.key, record);
    });
    for (const { key } of current) this.#unsaved.delete(key);
  }

  #count({ layers }: BuildRecord, by: 1 | -1): void {
    for (const { chainID } of layers) {
      const count = (this.#holds.get(chainID) ?? 0) + by;
      if (count > 0) this.#holds.set(chainID, count);
      else this.#holds.delete(chainID);
    }
  }
}
