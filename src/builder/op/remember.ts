import type { Table } from "../../metastore/index.ts";

/** How often tables are looked at for whether they are too large: once in so many writes, and at the first. */
const every = 1000;
const writes = new WeakMap<Table<never>, number>();

/** Puts something into a table of what can be found out anew. All of it is forgotten when there is more than `most`. */
export function remember<T>(table: Table<T>, key: string, value: T, most: number): void {
  const count = writes.get(table as Table<never>) ?? 0;
  writes.set(table as Table<never>, count + 1);
  if (count % every === 0) {
    const all = table.all();
    if (all.length > most) for (const row of all) table.delete(row.key);
  }
  table.put(key, value);
}
