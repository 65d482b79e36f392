import { setImmediate, setTimeout } from "node:timers/promises";
import { pipeSize } from "../os/fd.ts";
import { POLLIN, Pollable } from "../os/readiness.ts";
import { type AttachOptions, OutputClient, type OutputState } from "./client.ts";
import type { LogMark, LogMarks, LogPosition, LogReplay, LogWriter, OutputStream } from "./log/driver.ts";
import { earlierOf } from "./log/position.ts";
import { type ReadFrame, readFrame } from "./slab.ts";

/** How long the output of one container may keep the event loop, in milliseconds. */
const SLICE_MS = 3;
/** A read of at least so much is bulk output; the pause after it lets the pipe collect more for the next. */
const BULK_BYTES = 16384;
const BULK_PAUSE_MS = 2;
/** How long a client that is a little slower than the output may hold it up before it is left to the log. */
const PATIENCE_MS = 25;
const START: LogMark = { generation: 0, offset: 0, unfinished: new Uint8Array() };

export interface OutputOptions {
  /** Undefined for none. */
  readonly log: LogWriter | undefined;
  /** Told when output could not be logged; it still goes to the clients. */
  readonly onLogError: (error: unknown) => void;
}

/**
 * Moves a container's output: from its pipes to the log, then to every attached client. Reading stops only
 * while a client lags that the log could not serve later: there is none, the bytes are not text that
 * json-file can hold, or rotation would remove what the client still needs.
 */
export class Output implements OutputState {
  readonly ended = new Set<OutputStream>();
  readonly #clients = new Set<OutputClient>();
  readonly #pollables: Pollable[] = [];
  #marks: Record<OutputStream, LogMark> = { 1: START, 2: START };
  #moved = Promise.withResolvers<void>();
  #options: OutputOptions | undefined;
  #spools: LogWriter["spools"] | undefined;
  #stopped = false;
  #over = false;
  #logBroken = false;

  /** Reads the streams to their end. */
  async run(streams: ReadonlyMap<OutputStream, number>, options: OutputOptions): Promise<void> {
    this.#options = options;
    await this.#logged(() => options.log?.recovered);
    this.#spools = options.log?.spools;
    if (options.log) this.#marks = { 1: options.log.mark(1), 2: options.log.mark(2) };
    await Promise.all([...streams].map(([stream, fd]) => this.#pump(stream, fd)));
    this.finish();
  }

  /** Ends the clients once they have what was read. */
  finish(): void {
    this.#over = true;
    for (const client of this.#clients) client.end();
  }

  /** Ends `run` without waiting for the end of output; after the end, clients go on to get theirs. */
  stop(): void {
    if (this.#over) return;
    this.#stopped = true;
    for (const pollable of this.#pollables) pollable.cancel();
    for (const client of this.#clients) client.detach();
  }

  /** Adds a client, which gets all output from now on. Aborting detaches it. */
  attach(options: AttachOptions, signal: AbortSignal): OutputClient {
    const client = new OutputClient(options, this);
    const detach = () => client.detach();
    this.#clients.add(client);
    signal.addEventListener("abort", detach);
    const remove = () => {
      this.#clients.delete(client);
      signal.removeEventListener("abort", detach);
    };
    client.finished.then(remove, remove);
    if (signal.aborted) client.detach();
    if (this.#over) client.end();
    return client;
  }

  marks(): LogMarks {
    return { ...this.#marks };
  }

  moved(): Promise<void> {
    return this.#moved.promise;
  }

  replay(from: LogMarks): LogReplay | undefined {
    return this.#log?.replay(from);
  }

  get #log(): LogWriter | undefined {
    return this.#options?.log;
  }

  async #pump(stream: OutputStream, fd: number): Promise<void> {
    const pollable = new Pollable(fd);
    this.#pollables.push(pollable);
    // Waking up for every few kilobytes costs more than moving them. A pipe that is mostly empty can wait.
    const pauseBelow = pipeSize(fd) / 4;
    let sliceStart = performance.now();
    while (!this.#stopped) {
      const read = this.#read(stream, fd);
      if (read === "ended") break;
      if (read === "empty") {
        this.#spools?.[stream].shrink();
        await pollable.ready(POLLIN);
        sliceStart = performance.now();
        continue;
      }
      await this.#deliver(stream, read);
      const { length } = read.payload;
      if (length >= BULK_BYTES && length < pauseBelow) await setTimeout(BULK_PAUSE_MS);
      else if (performance.now() - sliceStart < SLICE_MS) continue;
      else await setImmediate();
      sliceStart = performance.now();
    }
    if (this.#stopped) return;
    this.ended.add(stream);
    await this.#logged(() => this.#log?.finish(stream));
    this.#move();
  }

  #read(stream: OutputStream, fd: number): ReturnType<typeof readFrame> {
    const spool = this.#spools?.[stream];
    if (!spool) return readFrame(fd, stream, undefined);
    try {
      return readFrame(fd, stream, spool);
    } catch (error) {
      // The container matters more than what a killed engine might lose.
      this.#spools = undefined;
      this.#options?.onLogError(error);
      return readFrame(fd, stream, undefined);
    }
  }

  async #deliver(stream: OutputStream, read: ReadFrame): Promise<void> {
    const { payload } = read;
    const log = this.#log;
    read.keep();
    await this.#awaitClients();
    const clients = [...this.#clients];
    const exact = !this.#logBroken && (log?.reproduces(stream, payload) ?? false);
    const keeps = (position: LogPosition) => exact && (log?.retains(position, payload) ?? false);
    const lags = (client: OutputClient) => client.replay !== undefined && !keeps(client.replay.position);
    // From the last look at the clients to the write nothing waits, or the other stream could rotate the log.
    for (let client = this.#find(lags); client; client = this.#find(lags)) await client.relieved();
    const waiting = clients.some((client) => client.waiting);
    const replayable = waiting ? keeps(earlierOf(this.#marks[1], this.#marks[2])) : exact;
    const logged = this.#logged(() => log?.write(stream, payload));
    const mark = log?.mark(stream) ?? START;
    await logged;
    for (const client of clients) client.push(stream, read, replayable && !this.#logBroken);
    read.release();
    this.#marks[stream] = mark;
    this.#move();
    if (replayable) return;
    const full = (client: OutputClient) => client.full;
    for (let client = this.#find(full); client; client = this.#find(full)) await client.relieved();
  }

  /** Reading the log back costs more than a moment's wait does, which is all that most readers need. */
  async #awaitClients(): Promise<void> {
    const full = (client: OutputClient) => client.full && client.replay === undefined;
    if (!this.#find(full)) return;
    const patience = setTimeout(PATIENCE_MS, "over");
    for (let client = this.#find(full); client; client = this.#find(full)) {
      if ((await Promise.race([client.relieved(), patience])) === "over") return;
    }
  }

  #find(busy: (client: OutputClient) => boolean): OutputClient | undefined {
    return this.#stopped ? undefined : [...this.#clients].find(busy);
  }

  async #logged(write: () => Promise<void> | undefined): Promise<void> {
    try {
      await write();
    } catch (error) {
      // From now on no client can be served from it; those that need it have lost output and must know.
      this.#logBroken = true;
      for (const client of this.#clients) if (client.replay) client.fail(error);
      this.#options?.onLogError(error);
    }
  }

  #move(): void {
    const { resolve } = this.#moved;
    this.#moved = Promise.withResolvers<void>();
    resolve();
  }
}
