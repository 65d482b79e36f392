import { Database, SQLiteError } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { exhausted } from "../errors/index.ts";
import { migrate } from "./migrations.ts";
import { Reserve } from "./reserve.ts";
import { DocumentTable, type Table } from "./table.ts";

export type { Row, Table } from "./table.ts";

/**
 * The engine's durable state: one SQLite file in WAL mode with `synchronous=FULL`, so that a commit that
 * returned survives a power cut and one that did not leaves nothing. One process has it open.
 *
 *     const store = Metastore.open("/var/lib/slipway/state.db");
 *     const containers = store.table<ContainerRecord>("containers");
 *     store.transaction(() => {            // one commit, all or nothing
 *       containers.put(id, record, [record.name]);
 *       volumes.put(volume.name, volume);
 *     });
 *
 * A commit takes about half a millisecond of the calling thread: put what belongs together in one transaction.
 */
export class Metastore {
  private depth = 0;

  private constructor(
    private readonly database: Database,
    private readonly reserve: Reserve,
  ) {}

  /** Opens the store, makes it when missing and migrates it when older. The directory is made, too. */
  static open(path: string): Metastore {
    mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
    const database = new Database(path, { create: true });
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    database.run("PRAGMA busy_timeout = 5000");
    migrate(database);
    return new Metastore(database, new Reserve(`${path}.reserve`));
  }

  /** A collection of documents; its name is chosen by the room that owns it. */
  table<T>(name: string): Table<T> {
    return new DocumentTable<T>(this.database, name, (work) => this.transaction(work));
  }

  /**
   * Runs `work` as one commit; what it throws undoes everything. A transaction inside another joins it. On a full
   * disk the reserve is given up and `work` runs once more; `exhausted` when that is used up, too.
   */
  transaction<R>(work: () => R): R {
    if (this.depth > 0) return work();
    this.depth += 1;
    try {
      return this.commit(work);
    } catch (error) {
      if (!isFull(error)) throw error;
      if (this.reserve.release()) return this.commit(work);
      throw exhausted(
        "no space left on the disk of the data root: free some, for example with 'system prune'",
        {
          cause: error,
          errno: "ENOSPC",
        },
      );
    } finally {
      this.depth -= 1;
    }
  }

  private commit<R>(work: () => R): R {
    const result = this.database.transaction(work)();
    this.reserve.restore();
    return result;
  }

  close(): void {
    this.database.close();
  }
}

const isFull = (error: unknown): boolean => error instanceof SQLiteError && error.code === "SQLITE_FULL";
