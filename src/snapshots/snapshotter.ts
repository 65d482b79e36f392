import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { conflict, errnoOf, notFound } from "../errors/index.ts";
import { deleteTree } from "../os/delete-tree.ts";
import type { FileSystemMount } from "../os/mount.ts";
import { ImageMounts, type LayerFiles, layerFiles } from "./image-mounts.ts";
import { inspectDirectory } from "./inspect.ts";
import {
  putNextMetadata,
  readMetadata,
  type SnapshotInfo,
  syncDirectory,
  type Usage,
  writeMetadata,
  writeNewMetadata,
  writeNextMetadata,
} from "./metadata.ts";
import { describeMount } from "./overlay.ts";
import { measureTree } from "./usage.ts";

interface Snapshot {
  readonly id: string;
  info: SnapshotInfo;
  /** What its metadata on the disk says while that is not what it is. */
  written?: SnapshotInfo;
}

export interface CommitOptions {
  readonly parent?: string;
  readonly usage?: Usage;
}

export interface SnapshotterOptions {
  /** Whether layers that are made from now on are EROFS images; trees of files otherwise. */
  readonly images?: boolean;
}

const beingMade = "new-";
const beingRemoved = "old-";

/**
 * Snapshots of file trees, each the difference to its parent, after containerd's model: `prepare` a writable one
 * on a committed parent, mount what `mounts` says, write, and `commit` it under a chain ID or `remove` it.
 *
 * An image's layers are unpacked in any order: `prepareLayer("unpack-x")`, `applyLayer` into what that answers;
 * then they are committed, the lowest first: `commit("unpack-x", own chain ID, { parent: chain ID below })`. A
 * container gets `prepare(its id, chain ID of the image)`, its root is mounted by `mounts(its id)`, and it ends
 * with `remove(its id)`.
 *
 * One directory a snapshot, `<root>/<id>/{fs,work,snapshot.json}`, made under another name and renamed when it
 * is complete; nothing else knows of snapshots, so after a crash a snapshot is there or not. A layer that is an image
 * has `{layer.erofs,layer.tar}` beside an `fs` where it is mounted when it is used first.
 */
export class Snapshotter {
  readonly #snapshots = new Map<string, Snapshot>();
  /** Keys whose preparation or commit is under way. */
  readonly #reserved = new Set<string>();
  readonly #unwritten = new Set<Snapshot>();
  #lastId = 0;
  #lastCommit: Promise<void> = Promise.resolve();

  readonly #images: ImageMounts;

  private constructor(
    private readonly root: string,
    private readonly options: SnapshotterOptions,
  ) {
    this.#images = new ImageMounts(root);
  }

  /** Reads what is there and deletes what a crash left behind. */
  static async open(root: string, options: SnapshotterOptions = {}): Promise<Snapshotter> {
    mkdirSync(root, { recursive: true, mode: 0o711 });
    const snapshotter = new Snapshotter(root, options);
    await Promise.all(readdirSync(root).map((name) => snapshotter.#load(name)));
    return snapshotter;
  }

  async #load(name: string): Promise<void> {
    const directory = join(this.root, name);
    const made = /^(?:new-|old-)?([0-9a-z]+)$/.exec(name)?.[1];
    if (made !== undefined) this.#lastId = Math.max(this.#lastId, Number.parseInt(made, 36));
    if (name.startsWith(beingMade) || name.startsWith(beingRemoved)) return deleteTree(directory);
    const info = await readMetadata(directory);
    if (info !== undefined) this.#snapshots.set(info.key, { id: name, info });
  }

  /** A writable snapshot on a committed one, or on nothing. `conflict` when the key is taken. */
  async prepare(key: string, parent?: string): Promise<FileSystemMount[]> {
    await this.#make("active", key, parent);
    return this.mounts(key);
  }

  /** A place for a layer that is being made, on nothing: a directory for its files, or the files of an image. */
  async prepareLayer(key: string): Promise<string | LayerFiles> {
    await this.#make("active", key, undefined, this.options.images ?? false);
    return this.stat(key).image === true ? layerFiles(this.place(key)) : this.directory(key);
  }

  /** Like `prepare`, to read only. */
  async view(key: string, parent?: string): Promise<FileSystemMount[]> {
    await this.#make("view", key, parent);
    return this.mounts(key);
  }

  /**
   * Nothing is flushed: a new snapshot holds nothing yet that could be lost, and after a power cut that took it away it
   * is made anew from the record of whoever uses it. This is on the way of every container's creation.
   */
  async #make(
    kind: "active" | "view",
    key: string,
    parent: string | undefined,
    image = false,
  ): Promise<void> {
    if (parent !== undefined) this.#committed(parent);
    await this.#reserving(key, async () => {
      const id = (++this.#lastId).toString(36);
      const temporary = join(this.root, beingMade + id);
      mkdirSync(temporary, { mode: 0o711 });
      mkdirSync(join(temporary, "fs"), { mode: 0o755 });
      if (kind === "active") mkdirSync(join(temporary, "work"), { mode: 0o711 });
      const info: SnapshotInfo = {
        kind,
        key,
        created: Date.now(),
        ...(parent === undefined ? {} : { parent }),
        ...(image ? { image } : {}),
      };
      writeNewMetadata(temporary, info);
      renameSync(temporary, join(this.root, id));
      this.#snapshots.set(key, { id, info });
    });
  }

  /**
   * Makes an active snapshot a parent for others, named by its chain ID; it must not be written to any more, and
   * what it holds must be on the disk. It may be put on another parent than it was prepared on. `conflict` when that
   * chain ID is there already: then remove the snapshot. Commits wait for each other.
   */
  async commit(key: string, chainID: string, options: CommitOptions = {}): Promise<void> {
    await this.#afterCommits(() => this.#commit(key, chainID, options));
  }

  /**
   * Commits an active snapshot in the place of a committed one that is damaged, under whatever lies on it. Nothing
   * that lies on it may be mounted. After a crash in between there is neither.
   */
  async replace(key: string, chainID: string, options: CommitOptions = {}): Promise<void> {
    await this.#afterCommits(async () => {
      const damaged = this.#snapshots.get(chainID);
      if (damaged !== undefined) {
        this.#snapshots.delete(chainID);
        await this.#discard(damaged);
      }
      await this.#commit(key, chainID, options);
    });
  }

  /**
   * Commits an active snapshot for this process only: others can be made on it at once, but on the disk it stays what it
   * was until `writeCommits`. A snapshot whose commit must survive may not lie on it before.
   */
  async commitUnwritten(key: string, chainID: string, options: CommitOptions = {}): Promise<void> {
    await this.#afterCommits(async () => {
      const snapshot = this.#get(key);
      if (snapshot.info.kind !== "active") throw conflict(`the snapshot ${key} is not active`);
      await this.#reserving(chainID, async () => {
        snapshot.written = snapshot.info;
        this.#enter(snapshot, key, this.#committedInfo(snapshot, chainID, options));
        this.#unwritten.add(snapshot);
      });
    });
  }

  /** Whether it is committed, but not on the disk. */
  isUnwritten(key: string): boolean {
    return this.#snapshots.get(key)?.written !== undefined;
  }

  /**
   * Makes all commits durable that are not yet. `flush` returns when all that was written to the file system before
   * is on its disk. One call at a time. After a crash amid it some of them are there and others are not, in any order.
   */
  async writeCommits(flush: () => Promise<void>): Promise<void> {
    const batch = [...this.#unwritten];
    for (const snapshot of batch) {
      if (this.#unwritten.has(snapshot)) writeNextMetadata(this.#directoryOf(snapshot), snapshot.info);
    }
    await flush();
    for (const snapshot of batch) {
      if (this.#unwritten.has(snapshot)) putNextMetadata(this.#directoryOf(snapshot));
    }
    await flush();
    for (const snapshot of batch) {
      delete snapshot.written;
      this.#unwritten.delete(snapshot);
    }
  }

  async #afterCommits(work: () => Promise<void>): Promise<void> {
    const commit = this.#lastCommit.then(work);
    this.#lastCommit = commit.catch(() => undefined);
    await commit;
  }

  async #commit(key: string, chainID: string, options: CommitOptions): Promise<void> {
    const snapshot = this.#get(key);
    if (snapshot.info.kind !== "active") throw conflict(`the snapshot ${key} is not active`);
    await this.#reserving(chainID, async () => {
      const info = this.#committedInfo(snapshot, chainID, options);
      // From here on the parent cannot be removed.
      if (info.parent !== undefined) snapshot.info = { ...snapshot.info, parent: info.parent };
      if (info.parent !== undefined && this.isUnwritten(info.parent))
        throw conflict(`the commit of the snapshot ${info.parent} is not written yet`);
      await writeMetadata(this.#directoryOf(snapshot), info);
      this.#enter(snapshot, key, info);
    });
  }

  #committedInfo({ info }: Snapshot, chainID: string, { parent, usage }: CommitOptions): SnapshotInfo {
    const below = parent ?? info.parent;
    if (below !== undefined) this.#committed(below);
    return {
      kind: "committed",
      key: chainID,
      created: info.created,
      ...(below === undefined ? {} : { parent: below }),
      ...(usage === undefined ? {} : { usage }),
      ...(info.image === undefined ? {} : { image: info.image }),
    };
  }

  #enter(snapshot: Snapshot, key: string, info: SnapshotInfo): void {
    snapshot.info = info;
    this.#snapshots.delete(key);
    this.#snapshots.set(info.key, snapshot);
  }

  /** Forgets a snapshot at once and deletes its files behind the answer. `conflict` while others are made on it. */
  async remove(key: string): Promise<void> {
    const snapshot = this.#get(key);
    const child = [...this.#snapshots.values()].find(({ info }) => info.parent === key);
    if (child !== undefined) throw conflict(`the snapshot ${key} is the parent of ${child.info.key}`);
    this.#snapshots.delete(key);
    await this.#discard(snapshot);
  }

  /** What somebody else has deleted already is gone as well. */
  async #discard(snapshot: Snapshot): Promise<void> {
    this.#unwritten.delete(snapshot);
    const removed = join(this.root, beingRemoved + snapshot.id);
    this.#images.release(this.#directoryOf(snapshot));
    try {
      await rename(this.#directoryOf(snapshot), removed);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    await syncDirectory(this.root);
    deleteTree(removed);
  }

  /** What is wrong with a snapshot on the disk, in words; undefined when its files and the ones below are there. */
  async complaint(key: string): Promise<string | undefined> {
    const snapshot = this.#snapshots.get(key);
    if (snapshot === undefined) return "is missing";
    const problem = await inspectDirectory(this.#directoryOf(snapshot), snapshot.written ?? snapshot.info);
    if (problem !== undefined) return problem;
    const { parent } = snapshot.info;
    return parent === undefined || this.has(parent) ? undefined : `lies on ${parent}, which is missing`;
  }

  /** Directories among the snapshots' that hold none, and are not being deleted. */
  async strays(): Promise<string[]> {
    const known = new Set([...this.#snapshots.values()].map(({ id }) => id));
    const isStray = (name: string) => !known.has(name) && !name.startsWith(beingRemoved);
    return (await readdir(this.root)).filter(isStray).map((name) => join(this.root, name));
  }

  /** Whether deletions are under way, whose space is not free yet. */
  async isDeleting(): Promise<boolean> {
    return (await readdir(this.root)).some((name) => name.startsWith(beingRemoved));
  }

  /** How to mount a snapshot; a committed one to read only. */
  mounts(key: string, options: { volatile?: boolean } = {}): FileSystemMount[] {
    const snapshot = this.#get(key);
    const fs = this.directory(key);
    const lower = this.lowerDirectories(key);
    const mixed = this.#hasImages(key);
    if (snapshot.info.kind === "committed") return [describeMount({ lower: [fs, ...lower], mixed })];
    if (snapshot.info.kind === "view")
      return [describeMount({ lower: lower.length === 0 ? [fs] : lower, mixed })];
    const work = join(this.#directoryOf(snapshot), "work");
    // Overlayfs refuses a directory that was mounted volatile before, even when it was unmounted properly.
    rmSync(join(work, "work", "incompat"), { recursive: true, force: true });
    return [describeMount({ lower, upper: { fs, work }, volatile: options.volatile === true, mixed })];
  }

  /** Where the snapshot lies, with all that belongs to it; its name is never used again. */
  place(key: string): string {
    return this.#directoryOf(this.#get(key));
  }

  /** The snapshot's own files: what it has more, or has not, than its parent. A layer's image is mounted for it. */
  directory(key: string): string {
    const snapshot = this.#get(key);
    const directory = this.#directoryOf(snapshot);
    if (snapshot.info.image === true) this.#images.ensure(directory);
    return join(directory, "fs");
  }

  /** Those of its ancestors, the nearest first. */
  lowerDirectories(key: string): string[] {
    return this.#ancestors(key).map((ancestor) => this.directory(ancestor));
  }

  #ancestors(key: string): string[] {
    const ancestors: string[] = [];
    for (let parent = this.#get(key).info.parent; parent !== undefined; ) {
      ancestors.push(parent);
      parent = this.#get(parent).info.parent;
    }
    return ancestors;
  }

  #hasImages(key: string): boolean {
    return [key, ...this.#ancestors(key)].some((layer) => this.#get(layer).info.image === true);
  }

  /** What the snapshot takes by itself; remembered for committed ones. */
  async usage(key: string): Promise<Usage> {
    const snapshot = this.#get(key);
    if (snapshot.info.usage !== undefined) return snapshot.info.usage;
    const usage = await measureTree(this.directory(key));
    if (snapshot.info.kind === "committed" && this.#snapshots.has(key))
      snapshot.info = { ...snapshot.info, usage };
    return usage;
  }

  /** `notFound` when there is none. */
  stat(key: string): SnapshotInfo {
    return this.#get(key).info;
  }

  has(key: string): boolean {
    return this.#snapshots.has(key);
  }

  *walk(): Generator<SnapshotInfo> {
    for (const { info } of this.#snapshots.values()) yield info;
  }

  /** Takes away what is mounted for the snapshots' sake. They are not to be used any more. */
  close(): void {
    this.#images.releaseAll();
  }

  async #reserving(key: string, work: () => Promise<void>): Promise<void> {
    if (this.#snapshots.has(key) || this.#reserved.has(key))
      throw conflict(`there is a snapshot ${key} already`);
    this.#reserved.add(key);
    try {
      await work();
    } finally {
      this.#reserved.delete(key);
    }
  }

  #committed(key: string): void {
    if (this.#get(key).info.kind !== "committed") throw conflict(`the snapshot ${key} is not committed`);
  }

  #get(key: string): Snapshot {
    const snapshot = this.#snapshots.get(key);
    if (snapshot === undefined) throw notFound(`there is no snapshot ${key}`);
    return snapshot;
  }

  #directoryOf({ id }: Snapshot): string {
    return join(this.root, id);
  }
}
