import { mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { conflict, errnoOf, invalid, notFound } from "../../errors/index.ts";
import { deleteTree } from "../../os/delete-tree.ts";
import { syncDirectory } from "../../os/durable.ts";
import type { VolumeStore } from "../store.ts";
import { rfc3339 } from "../time.ts";
import { diskUsage } from "../usage.ts";
import { copyTree } from "./tree.ts";

export interface VolumeSnapshot {
  name: string;
  /** RFC3339. */
  createdAt: string;
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

/**
 * States of local volumes, kept as `<root>/<volume>/snapshots/<name>/_data` until they or the volume are removed. A
 * snapshot appears and goes by one rename.
 */
export class VolumeSnapshots {
  constructor(private readonly store: VolumeStore) {}

  list(volume: string): VolumeSnapshot[] {
    let names: string[];
    try {
      names = readdirSync(this.#directory(volume));
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
    return names.sort().map((name) => ({ name, createdAt: this.#createdAt(volume, name) }));
  }

  /** How many there are, and the bytes of their files. */
  async usage(volume: string): Promise<{ count: number; size: number }> {
    const count = this.list(volume).length;
    return { count, size: count === 0 ? 0 : await diskUsage(this.#directory(volume)) };
  }

  /** Where a snapshot's files are. `notFound` when there is none of this name. */
  path(volume: string, name: string): string {
    const found = this.list(volume).some((one) => one.name === name);
    if (!found) throw notFound(`volume ${volume} has no snapshot ${JSON.stringify(name)}`);
    return join(this.#directory(volume), name, "_data");
  }

  /** Keeps what is at `source` now. Without a name it is named after the time. `conflict` for a name that is taken. */
  async create(
    volume: string,
    source: string,
    name: string | undefined,
    signal: AbortSignal,
  ): Promise<VolumeSnapshot> {
    const wanted = name || new Date().toISOString().replace(/[-:]/g, "");
    if (!namePattern.test(wanted)) {
      throw invalid(
        `snapshot name ${JSON.stringify(wanted)} is not valid: it has 1 to 128 letters, digits, "_", "." and "-", and begins with a letter or digit`,
      );
    }
    this.#refuseTaken(volume, wanted);
    const staging = this.store.stagingPath(volume);
    try {
      mkdirSync(staging, { mode: 0o700 });
      await copyTree(source, join(staging, "_data"), signal);
      // Another request may have been faster, or the volume be gone.
      this.#refuseTaken(volume, wanted);
      mkdirSync(this.#directory(volume), { recursive: true, mode: 0o700 });
      renameSync(staging, join(this.#directory(volume), wanted));
    } catch (error) {
      deleteTree(staging);
      throw error;
    }
    syncDirectory(this.#directory(volume));
    syncDirectory(dirname(this.#directory(volume)));
    return { name: wanted, createdAt: this.#createdAt(volume, wanted) };
  }

  remove(volume: string, name: string): void {
    const directory = dirname(this.path(volume, name));
    const removed = this.store.stagingPath(volume);
    renameSync(directory, removed);
    syncDirectory(this.#directory(volume));
    deleteTree(removed);
  }

  #refuseTaken(volume: string, name: string): void {
    if (this.list(volume).some((one) => one.name === name))
      throw conflict(
        `volume ${volume} has a snapshot ${JSON.stringify(name)} already: remove it or use another name`,
      );
  }

  /** Only the making and removing of `_data` change the directory above it. */
  #createdAt(volume: string, name: string): string {
    const { mtime } = statSync(join(this.#directory(volume), name));
    return rfc3339(mtime);
  }

  #directory(volume: string): string {
    return join(dirname(this.store.path(volume)), "snapshots");
  }
}
