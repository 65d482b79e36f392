import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { conflict, errnoOf, notFound } from "../errors/index.ts";
import { deleteTree } from "../os/delete-tree.ts";
import { syncDirectory, writeDurably } from "../os/durable.ts";
import { exchangePaths } from "../os/exchange.ts";
import { setTimesOf } from "../os/times.ts";
import { lastUseOf, noteUseOf } from "./last-use.ts";
import type { VolumeRecord } from "./model.ts";
import { validateName } from "./name.ts";
import { rfc3339 } from "./time.ts";

const fillingPrefix = ".filling-";

/**
 * Volumes of the local driver: `<root>/<name>/_data` holds the files, `<root>/<name>/volume.json` the rest.
 * A directory that is renamed into place is the commit point of creation, one renamed away that of removal, so
 * the file system alone says which volumes exist.
 */
export class VolumeStore {
  readonly #volumes = new Map<string, VolumeRecord>();

  private constructor(private readonly root: string) {}

  /** Finds what is there; what an interrupted creation or removal left is deleted behind the caller's back. */
  static open(root: string): VolumeStore {
    mkdirSync(root, { recursive: true, mode: 0o701 });
    const store = new VolumeStore(root);
    for (const entry of readdirSync(root)) {
      if (entry.startsWith(".")) deleteTree(join(root, entry));
      else store.#read(entry);
    }
    return store;
  }

  #read(name: string): void {
    try {
      const record = JSON.parse(readFileSync(join(this.root, name, "volume.json"), "utf8")) as VolumeRecord;
      this.#volumes.set(name, { ...record, name, driver: "local" });
      const unfinished = readdirSync(join(this.root, name)).filter((entry) =>
        entry.startsWith(fillingPrefix),
      );
      for (const entry of unfinished) deleteTree(join(this.root, name, entry));
    } catch (error) {
      // A directory that someone else put here is not a volume of ours.
      if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ENOTDIR") throw error;
    }
  }

  /** Makes a volume, or answers the one that has this name already. Without a name it is given a random one. */
  create(request: {
    name?: string;
    labels?: Record<string, string>;
    options?: Record<string, string>;
  }): VolumeRecord {
    const name = request.name || randomBytes(32).toString("hex");
    validateName(name);
    const existing = this.#volumes.get(name);
    if (existing !== undefined) return existing;
    const record: VolumeRecord = {
      name,
      driver: "local",
      createdAt: rfc3339(new Date()),
      labels: request.labels ?? {},
      options: request.options ?? {},
    };
    return this.#commit(this.#stage(), record);
  }

  /** A directory, with one for files in it, that is to become a volume; the next engine deletes it if it does not. */
  #stage(): string {
    const staging = join(this.root, `.new-${randomBytes(8).toString("hex")}`);
    mkdirSync(join(staging, "_data"), { recursive: true, mode: 0o755 });
    return staging;
  }

  #commit(staging: string, record: VolumeRecord): VolumeRecord {
    writeDurably(join(staging, "volume.json"), JSON.stringify(record));
    syncDirectory(staging);
    renameSync(staging, join(this.root, record.name));
    syncDirectory(this.root);
    this.#volumes.set(record.name, record);
    return record;
  }

  /** Fails as `createFrom` and `rename` would for a name that is malformed (`invalid`) or taken (`conflict`). */
  checkFree(name: string): void {
    validateName(name);
    if (this.#volumes.has(name)) throw conflict(`there is a volume ${name} already`);
  }

  /**
   * A directory that `fill` fills and that `commit` may then give to a volume. It is deleted afterwards unless it was
   * moved away, and by the next engine if this one is killed.
   */
  async staged<T>(
    fill: (data: string) => Promise<void>,
    commit: (staging: string) => Promise<T> | T,
  ): Promise<T> {
    const staging = this.#stage();
    try {
      await fill(join(staging, "_data"));
      return await commit(staging);
    } finally {
      deleteTree(staging);
    }
  }

  /** Makes a volume of a staged directory. */
  createFrom(
    staging: string,
    { name, labels }: { name: string; labels: Record<string, string> },
  ): VolumeRecord {
    this.checkFree(name);
    return this.#commit(staging, {
      name,
      driver: "local",
      createdAt: rfc3339(new Date()),
      labels,
      options: {},
    });
  }

  /** Lets a staged directory's files and a volume's change places, in one step. */
  replace(name: string, staging: string): void {
    const { root } = this;
    const { mtimeNs } = statSync(join(staging, "_data"), { bigint: true });
    exchangePaths(join(staging, "_data"), this.path(name));
    // Some file systems (xfs) change the time of a directory that comes to another parent.
    setTimesOf(Buffer.from(`${this.path(name)}\0`), mtimeNs);
    for (const directory of [join(root, name), staging]) syncDirectory(directory);
  }

  /** The directory's name is the volume's: one rename is all of it. `conflict` for a name that is taken. */
  rename(name: string, to: string, labels: Record<string, string>): void {
    const before = this.get(name);
    this.checkFree(to);
    const record = { ...before, name: to, labels };
    if (!Bun.deepEquals(labels, before.labels)) this.#rewrite(name, record);
    renameSync(join(this.root, name), join(this.root, to));
    this.#volumes.delete(name);
    this.#volumes.set(to, record);
    syncDirectory(this.root);
  }

  /** A half-written file is deleted with others that were not finished. */
  #rewrite(name: string, record: VolumeRecord): void {
    const written = this.stagingPath(name);
    try {
      writeDurably(written, JSON.stringify(record));
      renameSync(written, join(this.root, name, "volume.json"));
    } catch (error) {
      rmSync(written, { force: true });
      throw error;
    }
  }

  /** RFC3339, when a container last had the volume; undefined when none ever had. */
  lastUsed(name: string): string | undefined {
    return lastUseOf(join(this.root, this.get(name).name));
  }

  noteUse(name: string): void {
    noteUseOf(join(this.root, this.get(name).name));
  }

  find(name: string): VolumeRecord | undefined {
    return this.#volumes.get(name);
  }

  get(name: string): VolumeRecord {
    const record = this.#volumes.get(name);
    if (record === undefined) throw notFound(`get ${name}: no such volume`);
    return record;
  }

  list(): VolumeRecord[] {
    return [...this.#volumes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Where the files are. */
  path(name: string): string {
    return join(this.root, this.get(name).name, "_data");
  }

  /** Forgets a volume at once and deletes its files behind the answer. That nobody uses it is the caller's to know. */
  remove(name: string): void {
    this.get(name);
    const removed = join(this.root, `.removed-${randomBytes(8).toString("hex")}`);
    try {
      renameSync(join(this.root, name), removed);
    } catch (cause) {
      if (errnoOf(cause) === "EBUSY")
        throw conflict(`remove ${name}: volume is in use: something is mounted on it`, { cause });
      throw cause;
    }
    syncDirectory(this.root);
    this.#volumes.delete(name);
    deleteTree(removed);
  }

  /** A place next to a volume's files, on the same file system, for what is to become its files. */
  stagingPath(name: string): string {
    return join(this.root, this.get(name).name, `${fillingPrefix}${randomBytes(8).toString("hex")}`);
  }

  /** Whether a volume has no files yet. */
  isEmpty(name: string): boolean {
    return !existsSync(this.path(name)) || readdirSync(this.path(name)).length === 0;
  }
}
