import type * as api from "../../../api/index.ts";
import type { EventBus } from "../../../events/index.ts";
import type { Image, ImageStore } from "../../../images/index.ts";
import type { Metastore, Table } from "../../../metastore/index.ts";
import type { ContainerStore } from "../../container/store.ts";

const key = "images";
const saveEvery = 10 * 60_000;
const containerActions = new Set(["create", "start", "commit"]);
const imageActions = new Set(["pull", "push", "load", "import", "save", "tag", "create"]);

/**
 * When images were last used: made a container from, started, pulled, saved, named. A use costs a look-up in memory;
 * it is written now and then, so that a crash loses a few minutes of it, which only makes images look a little older.
 */
export class LastUse {
  readonly #table: Table<Record<string, number>>;
  /** Milliseconds since the epoch, by the image's id. */
  readonly #times: Map<string, number>;
  #saved = Date.now();
  #changed = false;

  constructor(
    metastore: Metastore,
    private readonly images: ImageStore,
    private readonly containers: ContainerStore,
    events: EventBus,
  ) {
    this.#table = metastore.table("image-use");
    this.#times = new Map(Object.entries(this.#table.get(key) ?? {}));
    events.observe((event) => this.#observe(event));
  }

  /** Milliseconds since the epoch; undefined when nobody knows. */
  of({ id, record }: Image): number | undefined {
    const starts = [...this.containers]
      .filter(({ record: { image, mounts } }) =>
        [image, ...mounts.map((mount) => mount.image)].some((used) => used?.id === id),
      )
      .map((container) => Date.parse(container.record.state.startedAt));
    const named = record.tagged === undefined ? [] : [Date.parse(record.tagged)];
    const known = [this.#times.get(id) ?? Number.NaN, ...named, ...starts].filter((time) => time > 0);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  /** Writes what is not written yet, and forgets images that are gone. */
  save(): void {
    if (!this.#changed) return;
    for (const id of this.#times.keys())
      if (!this.images.all().some((image) => image.id === id)) this.#times.delete(id);
    this.#table.put(key, Object.fromEntries(this.#times));
    this.#changed = false;
    this.#saved = Date.now();
  }

  /** As `save`, but only when the last time was a while ago. */
  saveNowAndThen(): void {
    if (Date.now() - this.#saved >= saveEvery) this.save();
  }

  #observe({ Type, Action, Actor }: api.EventMessage): void {
    if (Type === "container" && containerActions.has(Action)) {
      this.#mark(this.containers.get(Actor.ID)?.record.image.id);
    } else if (Type === "image" && imageActions.has(Action)) {
      const target = this.images.target(Actor.ID);
      for (const id of target?.images ?? []) this.#mark(id);
    }
  }

  #mark(id: string | undefined): void {
    if (id === undefined) return;
    this.#times.set(id, Date.now());
    this.#changed = true;
  }
}
