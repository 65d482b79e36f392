import type { Metastore, Table } from "../metastore/index.ts";
import type { Digest } from "../oci/digest.ts";
import { Image, type ImageRecord } from "./image.ts";
import { State } from "./state.ts";
import { Target, type TargetRecord } from "./target.ts";

/** Where images, targets and names are durable: a collection each for images and targets, with their names. */
export class Persistence {
  readonly #images: Table<ImageRecord>;
  readonly #targets: Table<TargetRecord>;

  constructor(private readonly metastore: Metastore) {
    this.#images = metastore.table<ImageRecord>("images");
    this.#targets = metastore.table<TargetRecord>("targets");
  }

  read(): State {
    const state = new State();
    const name = (names: readonly string[], owner: Digest) => {
      for (const each of names) state.names.set(each, owner);
    };
    for (const { value } of this.#images.all()) {
      state.images.set(value.id, new Image(value));
      name(this.#images.names(value.id), value.id);
    }
    for (const { value } of this.#targets.all()) {
      state.targets.set(value.descriptor.digest, new Target(value));
      name(this.#targets.names(value.descriptor.digest), value.descriptor.digest);
    }
    return state;
  }

  /** Makes the difference between two states durable in one step. */
  write(before: State, after: State): void {
    const moved = new Set<Digest>();
    for (const name of new Set([...before.names.keys(), ...after.names.keys()])) {
      const [from, to] = [before.names.get(name), after.names.get(name)];
      if (from === to) continue;
      for (const owner of [from, to]) if (owner !== undefined) moved.add(owner);
    }
    this.metastore.transaction(() => {
      const take = [
        replace(this.#images, before.images, after.images, moved, after),
        replace(this.#targets, before.targets, after.targets, moved, after),
      ];
      // A name is unique: those that move are let go before they are taken.
      for (const takeNames of take) takeNames();
    });
  }
}

/** Writes what differs, without names; answers what gives them their names. */
function replace<T>(
  table: Table<T>,
  before: ReadonlyMap<Digest, { record: T }>,
  after: ReadonlyMap<Digest, { record: T }>,
  moved: ReadonlySet<Digest>,
  state: State,
): () => void {
  for (const key of before.keys()) if (!after.has(key)) table.delete(key);
  const changed = [...after].filter(([key, view]) => before.get(key) !== view || moved.has(key));
  for (const [key, { record }] of changed) table.put(key, record, []);
  return () => {
    for (const [key, { record }] of changed) table.put(key, record, state.namesOf(key));
  };
}
