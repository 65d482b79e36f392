import { FRAME_HEADER_BYTES } from "../api/stdcopy.ts";
import type { LogMarks, LogReplay, OutputStream } from "./log/driver.ts";
import type { ReadFrame } from "./slab.ts";

/** Output that a client may be behind in memory; beyond that it is served from the log. */
const QUEUE_BYTES = 1 << 20;

/** Where an attached client's output goes. The chunks are the sink's until it says that it is `empty`. */
export interface OutputSink {
  /** False when the sink is full; it has taken the chunk all the same. */
  write(chunk: Uint8Array): boolean;
  /** Resolves when the sink has room, at once if it has; rejects when it is broken. */
  drained(): Promise<void>;
  /** Whether it has no more use for the memory of the chunks it has taken. Without it, chunks never change. */
  empty?(): boolean;
}

export interface AttachOptions {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly sink: OutputSink;
  readonly framing: "raw" | "multiplexed";
}

/** What a client needs to know of the container's output to catch up with it. */
export interface OutputState {
  /** What has been given to the clients. */
  marks(): LogMarks;
  /** Streams that are at their end. */
  readonly ended: ReadonlySet<OutputStream>;
  /** Resolves when one of them changes. */
  moved(): Promise<void>;
  /** Undefined when there is no log that can be read back. */
  replay(from: LogMarks): LogReplay | undefined;
}

interface Queued {
  readonly bytes: Uint8Array;
  /** Where the bytes are from; undefined for what is nobody else's. */
  readonly read: ReadFrame | undefined;
}

/**
 * One attached client. It is live (chunks go straight to the sink), or waits with a bounded queue for the
 * sink, or lags: the queue was full, so the rest comes from the log until it has caught up.
 */
export class OutputClient {
  readonly #options: AttachOptions;
  readonly #state: OutputState;
  readonly #finished = Promise.withResolvers<void>();
  #queue: Queued[] = [];
  #queued = 0;
  /** What the sink has not done with yet. */
  #sent: ReadFrame[] = [];
  #waiting = false;
  #replay: LogReplay | undefined;
  #ending = false;
  #gone = false;
  #relieved = Promise.withResolvers<void>();

  constructor(options: AttachOptions, state: OutputState) {
    this.#options = options;
    this.#state = state;
  }

  /** Resolves when the sink has everything after the end of output, or the client is gone; rejects when the sink breaks. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** The replay of a client that lags. */
  get replay(): LogReplay | undefined {
    return this.#replay;
  }

  /** Whether the sink is full. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Whether the queue is full, so that a chunk that no log would give back has to wait. */
  get full(): boolean {
    return this.#queued > QUEUE_BYTES && !this.#gone;
  }

  /** Resolves when the client may have become live or less full, or is gone. */
  relieved(): Promise<void> {
    return this.#relieved.promise;
  }

  /** Takes a frame, which must not be overwritten before it is released; when it must wait for too many others and `replayable`, leaves it to the log. */
  push(stream: OutputStream, read: ReadFrame, replayable: boolean): void {
    if (this.#gone || this.#replay) return;
    if (this.#waiting && replayable && this.full) {
      this.#replay = this.#state.replay(this.#state.marks());
      if (this.#replay) return;
    }
    if (!(stream === 1 ? this.#options.stdout : this.#options.stderr)) return;
    const bytes = this.#options.framing === "raw" ? read.payload : read.frame;
    read.keep();
    if (this.#waiting) {
      this.#enqueue({ bytes, read });
    } else if (!this.#write({ bytes, read })) {
      this.#waiting = true;
      void this.#drain();
    }
  }

  /** No more output comes. */
  end(): void {
    this.#ending = true;
    if (!this.#waiting) this.#finished.resolve();
  }

  /** Forgets the client and what it has not got. */
  detach(): void {
    this.#leave();
    this.#finished.resolve();
  }

  /** Like `detach`, but `finished` rejects. */
  fail(error: unknown): void {
    this.#leave();
    this.#finished.reject(error);
  }

  async #drain(): Promise<void> {
    try {
      do {
        await this.#drained();
        await this.#sendQueue();
        if (this.#replay) await this.#catchUp(this.#replay);
      } while ((this.#queue.length > 0 || this.#replay) && !this.#gone);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#waiting = false;
    if (this.#ending) this.#finished.resolve();
  }

  async #sendQueue(): Promise<void> {
    while (this.#queue.length > 0 && !this.#gone) {
      const next = this.#queue.shift()!;
      this.#queued -= next.bytes.length;
      this.#relieve();
      if (!this.#write(next)) await this.#drained();
    }
  }

  async #catchUp(replay: LogReplay): Promise<void> {
    while (!this.#gone) {
      const moved = this.#state.moved();
      const frames = await replay.next(this.#state.marks(), this.#state.ended);
      if (frames) await this.#send(this.#select(frames));
      else if (replay.complete(this.#state.marks())) break;
      else await moved;
      this.#relieve();
    }
    // From here to the end nothing waits: between the last look at the marks and being live no chunk may pass.
    const rest = replay.rest(this.#state.marks());
    this.#replay = undefined;
    replay.close();
    if (rest.length > 0 && !this.#gone) {
      this.#enqueue({ bytes: this.#select(rest), read: undefined });
    }
    this.#relieve();
    await this.#sendQueue();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0 && !this.#write({ bytes, read: undefined })) await this.#drained();
  }

  #enqueue(next: Queued): void {
    this.#queue.push(next);
    this.#queued += next.bytes.length;
  }

  #write({ bytes, read }: Queued): boolean {
    const goesOn = this.#options.sink.write(bytes);
    if (read && this.#options.sink.empty) this.#sent.push(read);
    this.#release();
    return goesOn;
  }

  async #drained(): Promise<void> {
    await this.#options.sink.drained();
    this.#release();
  }

  #release(): void {
    if (this.#sent.length === 0 || !this.#options.sink.empty?.()) return;
    for (const read of this.#sent.splice(0)) read.release();
  }

  /** What this client wants of whole frames, in its framing; moved together in the same memory. */
  #select(frames: Uint8Array): Uint8Array {
    const { stdout, stderr, framing } = this.#options;
    const header = framing === "raw" ? 0 : FRAME_HEADER_BYTES;
    if (header > 0 && stdout && stderr) return frames;
    const view = new DataView(frames.buffer, frames.byteOffset);
    let to = 0;
    for (let at = 0; at < frames.length; ) {
      const end = at + FRAME_HEADER_BYTES + view.getUint32(at + 4);
      if (frames[at] === 1 ? stdout : stderr) {
        frames.copyWithin(to, at + FRAME_HEADER_BYTES - header, end);
        to += end - at - FRAME_HEADER_BYTES + header;
      }
      at = end;
    }
    return frames.subarray(0, to);
  }

  #leave(): void {
    this.#gone = true;
    this.#queue = [];
    this.#queued = 0;
    this.#replay?.close();
    this.#replay = undefined;
    this.#relieve();
  }

  #relieve(): void {
    const { resolve } = this.#relieved;
    this.#relieved = Promise.withResolvers<void>();
    resolve();
  }
}
