import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { conflict, errnoOf, invalid, notFound } from "../errors/index.ts";
import { deleteTree } from "../os/delete-tree.ts";
import { exchangePaths } from "../os/exchange.ts";
import type { VolumeRecord } from "./model.ts";

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
      createdAt: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
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

  /**
   * Makes a volume with files: `fill` puts them into a directory that is there only for it. `conflict` for a name that
   * is taken; after an error of `fill` there is nothing.
   */
  async createFrom(
    { name, labels }: { name: string; labels: Record<string, string> },
    fill: (data: string) => Promise<void>,
  ): Promise<VolumeRecord> {
    validateName(name);
    if (this.#volumes.has(name)) throw conflict("there is a volume of this name already");
    const createdAt = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const record: VolumeRecord = { name, driver: "local", createdAt, labels, options: {} };
    const staging = this.#stage();
    try {
      await fill(join(staging, "_data"));
      return this.#commit(staging, record);
    } catch (error) {
      deleteTree(staging);
      throw error;
    }
  }

  /** Makes a directory that `fill` fills, and lets it take the place of the volume's files when `ready` agrees. */
  async replace(name: string, fill: (data: string) => Promise<void>, ready: () => void): Promise<void> {
    const staging = this.stagingPath(name);
    try {
      mkdirSync(staging, { mode: 0o755 });
      await fill(staging);
      ready();
      exchangePaths(staging, this.path(name));
      syncDirectory(join(this.root, name));
    } finally {
      deleteTree(staging);
    }
  }

  /** The directory's name is the volume's: one rename is all of it. */
  rename(name: string, to: string): void {
    validateName(to);
    if (this.#volumes.has(to)) throw conflict(`rename ${name}: there is a volume ${to} already`);
    const record = { ...this.get(name), name: to };
    renameSync(join(this.root, name), join(this.root, to));
    syncDirectory(this.root);
    this.#volumes.delete(name);
    this.#volumes.set(to, record);
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

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Docker's rule; it also keeps a name from leaving the root. */
function validateName(name: string): void {
  if (name.length === 1)
    throw invalid(`volume name is too short, names should be at least two alphanumeric characters`);
  if (!namePattern.test(name)) {
    throw invalid(
      `${JSON.stringify(name)} includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  }
  if (name.length > 255) throw invalid("a volume name has at most 255 characters");
}

function writeDurably(path: string, text: string): void {
  const fd = openSync(path, "wx", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
