import type { Client } from "../../../client/client.ts";
import { listContainers } from "../../../client/container/list.ts";
import { containerStats } from "../../../client/container/stats.ts";
import { events } from "../../../client/system/events.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { chooseFormat, renderRows } from "../../formatter/render.ts";
import { type StatsRow, statsListing } from "../../formatter/stats.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

const refreshMilliseconds = 500;

export default command({
  usage: "[OPTIONS] [CONTAINER...]",
  arity: atLeast(0),
  flags: {
    all: bool("Show all containers (default shows just running)", { short: "a" }),
    format: listFormat(),
    "no-stream": bool("Disable streaming stats and only pull the first result"),
    "no-trunc": bool("Do not truncate output"),
  },
  async run({ flags, args, connect, preferences }) {
    const client = await connect();
    const listing = statsListing(!flags["no-trunc"]);
    const { statsFormat } = await preferences();
    const format = chooseFormat(listing, flags.format, false, statsFormat);
    const board = new Board(client, !flags["no-stream"]);
    const names =
      args.length > 0 ? args : (await listContainers(client, { all: flags.all })).map(({ Id }) => Id);
    const show = () => print(renderRows(listing, format, board.rows()));
    await Promise.all(names.map((name) => board.add(name)));
    if (flags["no-stream"]) {
      show();
      return 0;
    }
    const live = format.startsWith("table");
    if (args.length === 0) void board.follow(flags.all);
    for (;;) {
      // Home, then clear what is below: no flicker as clearing first would make.
      print(
        live ? `\x1b[H${renderRows(listing, format, board.rows()).replaceAll("\n", "\x1b[K\n")}\x1b[J` : "",
      );
      if (!live) show();
      if (args.length > 0 && !board.alive) return 0;
      await Bun.sleep(refreshMilliseconds);
    }
  },
});

/** The last sample of each container. */
class Board {
  readonly #client: Client;
  readonly #stream: boolean;
  readonly #rows = new Map<string, StatsRow>();
  readonly #ended = new Set<string>();

  constructor(client: Client, stream: boolean) {
    this.#client = client;
    this.#stream = stream;
  }

  rows(): StatsRow[] {
    return [...this.#rows.values()];
  }

  get alive(): boolean {
    return this.#ended.size < this.#rows.size;
  }

  /** Resolves when the first sample is there; throws for a container that does not exist. */
  async add(name: string): Promise<void> {
    const row: StatsRow = { container: name, name: "", id: name, sample: undefined };
    this.#rows.set(name, row);
    this.#ended.delete(name);
    const samples = await containerStats(this.#client, name, { stream: this.#stream });
    const iterator = samples[Symbol.asyncIterator]();
    const next = async () => {
      const { done, value } = await iterator.next();
      if (done) return false;
      const running = value.memory_stats.usage !== undefined || (value.pids_stats.current ?? 0) > 0;
      Object.assign(row, { name: value.name, id: value.id || name, sample: running ? value : undefined });
      return true;
    };
    const more = await next();
    if (this.#stream && more) void this.#rest(name, next);
    else {
      // Leaves the rest of the answer unread, which closes its connection.
      await iterator.return?.(undefined);
      this.#ended.add(name);
    }
  }

  async #rest(name: string, next: () => Promise<boolean>): Promise<void> {
    try {
      while (await next());
    } catch (error) {
      // A container that is removed meanwhile simply has no more samples.
      if (!(error instanceof SlipwayError)) throw error;
    }
    this.#ended.add(name);
  }

  /** Takes in containers as they start and drops them as they end. */
  async follow(all: boolean): Promise<void> {
    for await (const event of await events(this.#client, { filters: { type: ["container"] } })) {
      const id = event.Actor.ID;
      if (event.Action === "start" || (all && event.Action === "create")) await this.add(id);
      else if (event.Action === "destroy" || (!all && event.Action === "die")) this.#rows.delete(id);
    }
  }
}
