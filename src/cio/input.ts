import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { systemError } from "../errors/index.ts";
import { errno, errnoName, libc } from "../os/libc.ts";
import { POLLOUT, Pollable } from "../os/readiness.ts";

/** Nobody reads any more: the process is gone, or its terminal is. */
const READER_GONE = new Set(["EPIPE", "EIO"]);

/** The writing side of a container's stdin, a non-blocking pipe or terminal. Chunks are written in order. */
export class Input {
  readonly #fd: number;
  readonly #pollable: Pollable;
  #queue: Promise<void> = Promise.resolve();
  #open = true;

  constructor(fd: number) {
    this.#fd = fd;
    this.#pollable = new Pollable(fd);
  }

  /**
   * Resolves when the pipe has taken everything, so waiting for it is back-pressure. Without a reader, or
   * after `close`, the bytes are dropped as they would be by a process that does not read.
   */
  write(chunk: Uint8Array): Promise<void> {
    const result = this.#queue.then(() => this.#writeAll(chunk));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Closes after everything written so far. */
  end(): Promise<void> {
    this.#queue = this.#queue.then(() => this.close());
    return this.#queue;
  }

  /** Closes at once and drops what is waiting. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pollable.cancel();
    closeSync(this.#fd);
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    for (let done = 0; this.#open && done < chunk.length; ) {
      const written = Number(libc.write(this.#fd, ptr(chunk, done), chunk.length - done));
      if (written >= 0) {
        done += written;
        continue;
      }
      const name = errnoName(errno());
      if (READER_GONE.has(name)) return;
      if (name !== "EAGAIN" && name !== "EINTR") throw systemError(`write to a container's stdin: ${name}`);
      await this.#pollable.ready(POLLOUT);
    }
  }
}
