import { closeSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { errnoOf } from "../../../errors/index.ts";
import { enlargePipe, pipe } from "../../../os/fd.ts";
import { POLLIN, Pollable } from "../../../os/readiness.ts";

const pipeBytes = 1 << 20;
const chunkBytes = 1 << 16;
/** So many full reads in a row, and the event loop gets its turn. */
const readsInARow = 16;

/** One stream of a process's output: the end that the process inherits, and what comes out of it. */
export class OutputPipe {
  readonly #read: number;
  #write: number | undefined;
  #stopped = false;
  readonly #pollable: Pollable;

  constructor() {
    const [read, write] = pipe({ nonblockRead: true });
    enlargePipe(read, pipeBytes);
    this.#read = read;
    this.#write = write;
    this.#pollable = new Pollable(read);
  }

  /** To be inherited. */
  get descriptor(): number {
    if (this.#write === undefined) throw new Error("the pipe's writing end was given away already");
    return this.#write;
  }

  /** To be called once the process has its copy: the pipe ends when the last copy is closed. */
  given(): void {
    if (this.#write !== undefined) closeSync(this.#write);
    this.#write = undefined;
  }

  /** Hands on what comes until its end, or until `stop`. What is handed on is its taker's. */
  async drain(take: (data: Uint8Array) => void): Promise<void> {
    for (let full = 0; !this.#stopped; ) {
      const data = this.#next();
      if (data === undefined) {
        await this.#pollable.ready(POLLIN);
        continue;
      }
      if (data.length === 0) return;
      take(data);
      full = data.length === chunkBytes ? full + 1 : 0;
      if (full % readsInARow === readsInARow - 1) await setImmediate();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#pollable.cancel();
  }

  close(): void {
    this.stop();
    this.given();
    closeSync(this.#read);
  }

  /** Empty at the end; undefined when nothing is there yet. */
  #next(): Uint8Array | undefined {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    try {
      return chunk.subarray(0, readSync(this.#read, chunk));
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
      return undefined;
    }
  }
}
