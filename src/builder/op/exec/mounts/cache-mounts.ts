import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { conflict, errnoOf } from "../../../../errors/index.ts";
import { type Digest, hexOf } from "../../../../oci/digest.ts";
import { abortable } from "../../../../os/abortable.ts";
import { copyTree } from "../../../../volumes/copy/tree.ts";

export interface CacheRequest {
  /** Of the id, and of what a new cache holds. */
  readonly name: Digest;
  readonly id: string;
  readonly sharing: "shared" | "private" | "locked";
  /** Of a new cache's directory. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** A directory that a new cache is a copy of. */
  readonly seed?: string;
}

export interface CacheLease {
  readonly path: string;
  release(): void;
}

/** A cache as `builder du` and `prune` see it. */
export interface CacheMountInfo {
  readonly name: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly lastUsed: number;
  readonly inUse: boolean;
  readonly path: string;
}

const beingMade = "new-";
const description = "cache.json";

/**
 * Directories of `RUN --mount=type=cache`, `<root>/<name>/<number>`: one that all share or that one at a time has is
 * number 0; those who want one for themselves get the first that nobody uses.
 */
export class CacheMounts {
  readonly #users = new Map<string, { count: number; alone: boolean }>();
  /** Resolved, and made anew, when somebody is done. */
  #released = Promise.withResolvers<void>();
  #lastNew = 0;

  /** Deletes what was being made when an engine was killed. */
  constructor(private readonly root: string) {
    mkdirSync(root, { recursive: true, mode: 0o711 });
    for (const name of readdirSync(root)) if (name.startsWith(beingMade)) void this.#delete(name);
  }

  /** Waits for a cache that another step has for itself. */
  async acquire(request: CacheRequest, signal: AbortSignal): Promise<CacheLease> {
    const alone = request.sharing !== "shared";
    for (;;) {
      signal.throwIfAborted();
      const slot = this.#free(request, alone);
      if (slot === undefined) {
        await abortable(this.#released.promise, signal);
        continue;
      }
      const users = this.#users.get(slot);
      this.#users.set(slot, { count: (users?.count ?? 0) + 1, alone });
      try {
        await this.#ensure(slot, request, signal);
      } catch (error) {
        this.#release(slot);
        throw error;
      }
      return { path: join(this.root, slot), release: () => this.#release(slot) };
    }
  }

  async list(): Promise<CacheMountInfo[]> {
    const names = (await readdir(this.root)).filter((name) => !name.startsWith(beingMade));
    const all = await Promise.all(names.map((name) => this.#describe(name)));
    return all.filter((info) => info !== undefined);
  }

  /** `conflict` while a step uses it. */
  async remove(name: string): Promise<void> {
    if (this.#inUse(name)) throw conflict(`the cache ${name} is in use`);
    const doomed = `${beingMade}${++this.#lastNew}-${process.pid}-removed`;
    try {
      await rename(join(this.root, name), join(this.root, doomed));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      return;
    }
    await this.#delete(doomed);
  }

  /** A slot that may be had now; undefined: wait. */
  #free({ name, sharing }: CacheRequest, alone: boolean): string | undefined {
    for (let number = 0; ; number++) {
      const slot = `${hexOf(name)}/${number}`;
      const users = this.#users.get(slot);
      const free = users === undefined || (!alone && !users.alone);
      if (free) return slot;
      if (sharing !== "private") return undefined;
    }
  }

  readonly #making = new Map<string, Promise<void>>();

  async #ensure(slot: string, request: CacheRequest, signal: AbortSignal): Promise<void> {
    const made = this.#making.get(slot);
    // Those who share it wait for the first; if that failed, for the next who tries.
    if (made !== undefined) await made.catch(() => undefined);
    if (existsSync(join(this.root, slot))) return;
    const making = this.#make(slot, request, signal);
    this.#making.set(slot, making);
    try {
      await making;
    } finally {
      this.#making.delete(slot);
    }
  }

  async #make(slot: string, { id, mode, uid, gid, seed }: CacheRequest, signal: AbortSignal): Promise<void> {
    const [name = ""] = slot.split("/");
    const temporary = join(this.root, `${beingMade}${++this.#lastNew}-${process.pid}`);
    mkdirSync(temporary, { mode: 0o755 });
    try {
      if (seed !== undefined) await copyTree(seed, temporary, signal);
      else {
        chownSync(temporary, uid, gid);
        chmodSync(temporary, mode);
      }
      mkdirSync(join(this.root, name), { recursive: true, mode: 0o711 });
      writeFileSync(join(this.root, name, description), JSON.stringify({ id, created: Date.now() }));
      await rename(temporary, join(this.root, slot));
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
  }

  #release(slot: string): void {
    const users = this.#users.get(slot);
    if (users === undefined) return;
    if (users.count > 1) this.#users.set(slot, { ...users, count: users.count - 1 });
    else this.#users.delete(slot);
    const file = join(this.root, slot.split("/")[0] ?? "", description);
    const now = new Date();
    if (existsSync(file)) utimesSync(file, now, now);
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }

  #inUse(name: string): boolean {
    return [...this.#users.keys()].some((slot) => slot.startsWith(`${name}/`));
  }

  async #describe(name: string): Promise<CacheMountInfo | undefined> {
    const file = join(this.root, name, description);
    try {
      const { id, created } = JSON.parse(await readFile(file, "utf8")) as { id: string; created: number };
      const { mtimeMs: lastUsed } = await stat(file);
      return { name, id, created, lastUsed, inUse: this.#inUse(name), path: join(this.root, name) };
    } catch (error) {
      // Removed meanwhile, or torn by a power cut: then nobody has used it since.
      if (errnoOf(error) === "ENOENT") return undefined;
      if (!(error instanceof SyntaxError)) throw error;
      return { name, id: "", created: 0, lastUsed: 0, inUse: this.#inUse(name), path: join(this.root, name) };
    }
  }

  async #delete(name: string): Promise<void> {
    await rm(join(this.root, name), { recursive: true, force: true });
  }
}
