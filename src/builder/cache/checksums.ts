import type { Metastore, Table } from "../../metastore/index.ts";
import { type Digest, digestOf } from "../../oci/digest.ts";

/** So many are remembered. */
const usualCapacity = 20_000;
/** After this share of them that is new they are counted. */
const countEvery = 0.05;

interface Row {
  digest: Digest;
  /** Milliseconds since the epoch; exact to a day. */
  used: number;
}

const day = 24 * 60 * 60_000;

/**
 * Checksums of files in layers, which never change, by the chain ID and what was selected. When there are too many, those go
 * that were not asked for the longest.
 */
export class RememberedChecksums {
  readonly #table: Table<Row>;
  #uncounted = Number.POSITIVE_INFINITY;

  constructor(
    private readonly metastore: Metastore,
    private readonly capacity = usualCapacity,
  ) {
    this.#table = metastore.table("build-checksums");
  }

  /** `selector` is any text that tells selections apart. */
  get(chainID: Digest | undefined, selector: string): Digest | undefined {
    const key = keyOf(chainID, selector);
    const row = this.#table.get(key);
    if (row === undefined) return undefined;
    if (Date.now() - row.used > day) this.#table.put(key, { ...row, used: Date.now() });
    return row.digest;
  }

  set(chainID: Digest | undefined, selector: string, digest: Digest): void {
    this.metastore.transaction(() => {
      this.#table.put(keyOf(chainID, selector), { digest, used: Date.now() });
      if (++this.#uncounted > this.capacity * countEvery) this.#forget();
    });
  }

  #forget(): void {
    this.#uncounted = 0;
    const all = this.#table.all();
    if (all.length <= this.capacity) return;
    const oldest = all.sort((a, b) => a.value.used - b.value.used).slice(0, all.length - this.capacity);
    for (const { key } of oldest) this.#table.delete(key);
  }
}

const keyOf = (chainID: Digest | undefined, selector: string): string =>
  digestOf(`${chainID ?? "scratch"} ${selector}`);
