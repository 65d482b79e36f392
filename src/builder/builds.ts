import { randomUUID } from "node:crypto";
import type { BuildMessage, BuildRequest } from "../api/build.ts";
import type { Builds, BuildVerbs } from "../engine/backend.ts";
import { cancelled, notFound, unavailable } from "../errors/index.ts";
import { runBuild } from "./build.ts";
import { Channel } from "./progress/index.ts";
import type { BuildRooms } from "./rooms.ts";
import { WaitingOutputs } from "./waiting-outputs.ts";

interface Running {
  readonly outputs: WaitingOutputs;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** The builds that are under way, by their ids. */
export class RunningBuilds implements Builds {
  readonly #running = new Map<string, Running>();
  #closed = false;

  constructor(
    private readonly rooms: BuildRooms,
    private readonly release: () => Promise<void> | void,
  ) {}

  readonly verbs: BuildVerbs = {
    build: (request, archive, signal) => this.#build(request, archive, signal),
    output: (build, index) => this.#get(build).outputs.take(index),
    cancel: (build) => this.#get(build).abort.abort(cancelled("the build was cancelled")),
    usage: async (filters) => this.rooms.cache.usage(filters),
    prune: (options) => this.rooms.cache.prune(options),
  };

  /** Ends all builds. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#running.values()];
    for (const { abort } of all) abort.abort(unavailable("the engine stops"));
    await Promise.all(all.map(({ ended }) => ended));
    await this.release();
  }

  async *#build(
    request: BuildRequest,
    archive: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<BuildMessage> {
    if (this.#closed) throw unavailable("the engine stops");
    const id = randomUUID();
    const abort = new AbortController();
    const give = () => abort.abort(cancelled("the client has gone away"));
    signal.addEventListener("abort", give, { once: true });
    if (signal.aborted) give();
    const channel = new Channel();
    const outputs = new WaitingOutputs((Index) => channel.send({ output: { Index } }), abort.signal);
    const offer = outputs.offer.bind(outputs);
    channel.send({ id });
    const ended = runBuild(this.rooms, { request, archive, channel, offer, signal: abort.signal });
    this.#running.set(id, { outputs, abort, ended });
    void ended.finally(() => this.#running.delete(id));
    try {
      yield* channel;
    } finally {
      signal.removeEventListener("abort", give);
      give();
      await ended;
    }
  }

  #get(id: string): Running {
    const running = this.#running.get(id);
    if (running === undefined) throw notFound(`no such build: ${id}`);
    return running;
  }
}
