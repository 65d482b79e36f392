import type * as api from "../../../api/index.ts";
import { cancelled, conflict } from "../../../errors/index.ts";
import type { CollectOptions } from "../../backend.ts";
import { bytesOf } from "../../config/collection.ts";
import { type CollectContext, collectStore, spaceOf } from "./collect.ts";

const lookEvery = 60_000;
const imageArrivals = new Set(["pull", "load", "import"]);

/** Looks after the free space: now and then and after images came, and makes room when there is too little. */
export class Janitor {
  readonly #ended = new AbortController();
  #timer: Timer | undefined;
  #collecting = false;
  #looking = false;
  /** Free bytes after a collection that could not free enough: it is not tried again before there is less. */
  #hopeless: number | undefined;

  constructor(private readonly context: CollectContext) {}

  start(): void {
    if (this.#ended.signal.aborted) return;
    const { engine } = this.context;
    this.#timer = setInterval(() => this.#lookInBackground(), lookEvery).unref();
    engine.events.observe(({ Type, Action }) => {
      if (Type === "image" && imageArrivals.has(Action)) this.#lookInBackground();
    });
    this.#lookInBackground();
  }

  /** Ends what is under way; a removal that has begun is finished. */
  stop(): void {
    clearInterval(this.#timer);
    this.#ended.abort(cancelled("the engine is stopping"));
    this.context.lastUse.save();
  }

  /** One at a time: `conflict` while another is under way. */
  async collect(options: CollectOptions, signal: AbortSignal): Promise<api.CollectReport> {
    if (this.#collecting) throw conflict("the store is being collected already: try again in a moment");
    this.#collecting = true;
    try {
      return await collectStore(this.context, options, AbortSignal.any([signal, this.#ended.signal]));
    } finally {
      this.#collecting = false;
    }
  }

  #lookInBackground(): void {
    if (this.#looking || this.#collecting || this.#ended.signal.aborted) return;
    this.#looking = true;
    this.context.engine.background.run("make room on the data root's disk", async () => {
      try {
        await this.#look();
      } catch (error) {
        if (!this.#ended.signal.aborted) throw error;
      } finally {
        this.#looking = false;
      }
    });
  }

  async #look(): Promise<void> {
    const { engine, lastUse } = this.context;
    const { dataRoot, gc } = engine.config;
    lastUse.saveNowAndThen();
    const { free, size } = await spaceOf(dataRoot);
    const minimum = bytesOf(gc.minimum, size);
    if (free >= minimum || free >= (this.#hopeless ?? Number.POSITIVE_INFINITY)) return;
    const report = await this.collect({}, this.#ended.signal);
    const reached = report.FreeSpace + report.SpaceReclaimed;
    this.#hopeless = reached < minimum ? free : undefined;
    const names = report.Images.flatMap(({ Names }) => Names);
    const what = names.length === 0 ? "no image" : names.join(", ");
    engine.log(
      reached < minimum ? "warn" : "info",
      `${free} bytes were free on the disk of ${dataRoot}, less than gc-min-free-space: ` +
        `collected ${what}, ${report.SpaceReclaimed} bytes`,
    );
  }
}
