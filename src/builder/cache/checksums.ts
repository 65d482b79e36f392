import type { Metastore, Table } from "../../metastore/index.ts";
import { type Digest, digestOf } from "../../oci/digest.ts";

/** So many are remembered. */
const capacity = 20_000;
/** So many that were not asked for go at once, when there are more. */
const share = 4;
/** What is new is written within this time, in milliseconds. */
const delay = 1000;

interface Row {
  digest: Digest;
  /** Milliseconds since the epoch; exact to a day. */
  used: number;
}

const day = 24 * 60 * 60_000;

/**
 * Checksums of files in layers, which never change, by the chain ID and what was selected. They are worth no more than the
 * time that they save: what is new is written now and then, and a crash loses it.
 */
export class RememberedChecksums {
  readonly #table: Table<Row>;
  readonly #unsaved = new Map<string, Row>();
  #timer: Timer | undefined;
  #count: number | undefined;

  constructor(private readonly metastore: Metastore) {
    this.#table = metastore.table("build-checksums");
  }

  /** `selector` is any text that tells selections apart. */
  get(chainID: Digest | undefined, selector: string): Digest | undefined {
    const key = keyOf(chainID, selector);
    const row = this.#unsaved.get(key) ?? this.#table.get(key);
    if (row === undefined) return undefined;
    if (Date.now() - row.used > day) this.#put(key, { ...row, used: Date.now() });
    return row.digest;
  }

  set(chainID: Digest | undefined, selector: string, digest: Digest): void {
    this.#put(keyOf(chainID, selector), { digest, used: Date.now() });
  }

  /** Writes what is not written yet; to be called before the store is closed. */
  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unsaved.size === 0) return;
    this.metastore.transaction(() => {
      for (const [key, row] of this.#unsaved) this.#table.put(key, row);
      this.#count = (this.#count ?? 0) + this.#unsaved.size;
      if (this.#count > capacity / share) this.#forget();
    });
    this.#unsaved.clear();
  }

  #put(key: string, row: Row): void {
    this.#unsaved.set(key, row);
    this.#timer ??= setTimeout(() => this.save(), delay).unref();
  }

  /** Now and then: those that were not asked for the longest. */
  #forget(): void {
    this.#count = 0;
    const all = this.#table.all();
    if (all.length <= capacity) return;
    const oldest = all.sort((a, b) => a.value.used - b.value.used).slice(0, all.length - capacity);
    for (const { key } of oldest) this.#table.delete(key);
  }
}

const keyOf = (chainID: Digest | undefined, selector: string): string =>
  digestOf(`${chainID ?? "scratch"} ${selector}`);
