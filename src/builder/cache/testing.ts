import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestRooms, testRooms } from "../../engine/image/testing.ts";
import { Metastore } from "../../metastore/index.ts";
import { chainIDs, type Digest, digestOf } from "../../oci/digest.ts";
import { type Vertex, vertex } from "../graph/index.ts";
import type { BuiltLayer, Result } from "../solver/index.ts";
import { BuildCache } from "./build-cache.ts";

/** A cache on real rooms, and steps to put into it. */
export class CacheBench implements AsyncDisposable {
  readonly cache: BuildCache;
  readonly metastore: Metastore;
  readonly #behind: Promise<unknown>[] = [];

  private constructor(readonly rooms: TestRooms) {
    this.metastore = Metastore.open(join(rooms.dataRoot, "cache.db"));
    this.cache = new BuildCache({
      rooms,
      behind: (_, work) => this.#behind.push(work()),
    });
  }

  static async open(): Promise<CacheBench> {
    return new CacheBench(await testRooms());
  }

  /** A layer of so many bytes, as a step leaves it. */
  async layer(name: string, below: readonly BuiltLayer[] = [], size = name.length): Promise<BuiltLayer> {
    const { snapshots, pending } = this.rooms;
    const diffID = digestOf(name);
    const chainID = chainIDs([...below.map((layer) => layer.diffID), diffID]).at(-1) as Digest;
    await snapshots.prepare(`build-${name}`, below.at(-1)?.chainID);
    writeFileSync(join(snapshots.directory(`build-${name}`), name), Buffer.alloc(size));
    await pending.commit(`build-${name}`, chainID, { size, inodes: 2 });
    return { diffID, chainID, size, created: new Date(0).toISOString() };
  }

  /** Saves a step that made these layers on others; answers its key. */
  save(name: string, layers: readonly BuiltLayer[], parents: readonly Digest[] = [], own = 1): Digest {
    const key = keyOf(name);
    const below: Result = { kind: "layers", layers: layers.slice(0, layers.length - own) };
    this.cache.save({ key, layers, vertex: named(name), inputs: [below], parents });
    return key;
  }

  /** What goes on behind is over. */
  async settled(): Promise<void> {
    await Promise.all(this.#behind);
    await this.cache.saved();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
    this.metastore.close();
    await this.rooms[Symbol.asyncDispose]();
  }
}

export const keyOf = (name: string): Digest => digestOf(`key of ${name}`);

function named(name: string): Vertex {
  return vertex({ kind: "link" }, [], { name });
}
