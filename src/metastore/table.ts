import type { Database } from "bun:sqlite";
import { conflict } from "../errors/index.ts";

/** A document with the key it is stored under. */
export interface Row<T> {
  key: string;
  value: T;
}

/**
 * A collection of JSON documents by key. A document may also have names, each unique in the collection:
 * a container's name, an image's references. Every change is durable when its call returns, or when the
 * transaction around it does.
 */
export interface Table<T> {
  get(key: string): T | undefined;
  /** The document that a name belongs to. */
  byName(name: string): Row<T> | undefined;
  /** In the order of the keys. */
  all(): Row<T>[];
  names(key: string): string[];
  /**
   * Stores a document, and replaces its names when `names` is given. A name that another document has is a
   * `conflict` error, and nothing is changed.
   */
  put(key: string, value: T, names?: readonly string[]): void;
  /** Removes a document and its names; false when there was none. */
  delete(key: string): boolean;
}

interface BodyRow {
  key: string;
  body: string;
}

export class DocumentTable<T> implements Table<T> {
  constructor(
    private readonly database: Database,
    private readonly collection: string,
    private readonly transaction: <R>(work: () => R) => R,
  ) {}

  get(key: string): T | undefined {
    const row = this.database
      .query<BodyRow, [string, string]>("SELECT key, body FROM documents WHERE collection = ? AND key = ?")
      .get(this.collection, key);
    return row === null ? undefined : (JSON.parse(row.body) as T);
  }

  byName(name: string): Row<T> | undefined {
    const row = this.database
      .query<BodyRow, [string, string]>(
        "SELECT key, body FROM names JOIN documents USING (collection, key) WHERE collection = ? AND name = ?",
      )
      .get(this.collection, name);
    return row === null ? undefined : { key: row.key, value: JSON.parse(row.body) as T };
  }

  all(): Row<T>[] {
    return this.database
      .query<BodyRow, [string]>("SELECT key, body FROM documents WHERE collection = ? ORDER BY key")
      .all(this.collection)
      .map((row) => ({ key: row.key, value: JSON.parse(row.body) as T }));
  }

  names(key: string): string[] {
    return this.database
      .query<{ name: string }, [string, string]>(
        "SELECT name FROM names WHERE collection = ? AND key = ? ORDER BY name",
      )
      .all(this.collection, key)
      .map((row) => row.name);
  }

  put(key: string, value: T, names?: readonly string[]): void {
    this.transaction(() => {
      this.database
        .query("INSERT OR REPLACE INTO documents (collection, key, body) VALUES (?, ?, ?)")
        .run(this.collection, key, JSON.stringify(value));
      if (names !== undefined) this.rename(key, names);
    });
  }

  delete(key: string): boolean {
    return this.transaction(() => {
      this.database.query("DELETE FROM names WHERE collection = ? AND key = ?").run(this.collection, key);
      const { changes } = this.database
        .query("DELETE FROM documents WHERE collection = ? AND key = ?")
        .run(this.collection, key);
      return changes > 0;
    });
  }

  private rename(key: string, names: readonly string[]): void {
    this.database.query("DELETE FROM names WHERE collection = ? AND key = ?").run(this.collection, key);
    const owner = this.database.query<{ key: string }, [string, string]>(
      "SELECT key FROM names WHERE collection = ? AND name = ?",
    );
    const insert = this.database.query("INSERT INTO names (collection, name, key) VALUES (?, ?, ?)");
    for (const name of new Set(names)) {
      const taken = owner.get(this.collection, name);
      if (taken !== null) throw conflict(`the name ${name} belongs to ${taken.key} already`);
      insert.run(this.collection, name, key);
    }
  }
}
