import type { Database } from "bun:sqlite";
import { unavailable } from "../errors/index.ts";

/**
 * Every schema the store ever had, oldest first; its number is its place, counted from 1. A released entry
 * is never edited: a change is a further entry.
 */
const migrations: readonly string[] = [
  `CREATE TABLE documents (
     collection TEXT NOT NULL,
     key TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (collection, key)
   ) WITHOUT ROWID;
   CREATE TABLE names (
     collection TEXT NOT NULL,
     name TEXT NOT NULL,
     key TEXT NOT NULL,
     PRIMARY KEY (collection, name)
   ) WITHOUT ROWID;
   CREATE INDEX names_by_key ON names (collection, key);`,
];

/** Brings the schema to the newest version, one transaction for each step. A newer one than ours is refused. */
export function migrate(database: Database): void {
  const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get();
  const current = row?.user_version ?? 0;
  if (current > migrations.length) {
    throw unavailable(
      `the state has schema version ${current}, but this slipway knows versions up to ${migrations.length}: ` +
        "run the slipway that wrote it, or a newer one",
    );
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < current) continue;
    database.transaction(() => {
      database.run(statements);
      database.run(`PRAGMA user_version = ${index + 1}`);
    })();
  }
}
