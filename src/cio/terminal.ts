import { closeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { systemError } from "../errors/index.ts";
import { errno, errnoName, libc } from "../os/libc.ts";
import { openPeer, setWindowSize, type WindowSize } from "../os/pty.ts";
import { POLLIN, POLLOUT, Pollable } from "../os/readiness.ts";

const SPLICE_F_NONBLOCK = 2;
/** The kernel gives at most a page of a terminal's output at a time. */
const MOVE_BYTES = 65536;
/** How long one terminal may keep the event loop, in milliseconds. */
const SLICE_MS = 3;

/**
 * The engine's side of a container's terminal. What is said there is moved to the pipe that its output is read from,
 * without passing through the engine's memory: killed at any moment, it loses nothing.
 */
export class Terminal {
  readonly #source: Pollable;
  readonly #target: Pollable;
  #peer: number | undefined;
  #over = false;
  #stopped = false;

  /** `master` and `output`, the pipe's writing end, are non-blocking and belong to it now. */
  constructor(
    readonly master: number,
    private readonly output: number,
  ) {
    this.#source = new Pollable(master);
    this.#target = new Pollable(output);
  }

  resize(size: WindowSize): void {
    setWindowSize(this.master, size);
  }

  /** Moves until everything was moved that was said before `ended` resolved, or `stop`; closes the pipe then. */
  async run(ended: Promise<unknown>): Promise<void> {
    const end = () => {
      this.#over = true;
      this.#source.cancel();
    };
    ended.then(end, end);
    try {
      await this.#move();
    } finally {
      closeSync(this.output);
      if (this.#peer !== undefined) closeSync(this.#peer);
    }
  }

  /** Ends `run` early. The master is the caller's to close when it has ended. */
  stop(): void {
    this.#stopped = true;
    this.#source.cancel();
    this.#target.cancel();
  }

  async #move(): Promise<void> {
    while (!this.#stopped) {
      const over = this.#over;
      if ((await this.#moveAll()) === "nobody") {
        if (this.#over) return;
        this.#reopen();
        continue;
      }
      if (over) return;
      if (!this.#over && !this.#stopped) await this.#source.ready(POLLIN);
    }
  }

  /** Moves what is there: "empty" when that was all, "nobody" when nobody has the terminal open either. */
  async #moveAll(): Promise<"empty" | "nobody"> {
    let hasRoom = false;
    let sliceStart = performance.now();
    while (!this.#stopped) {
      const moved = Number(libc.splice(this.master, null, this.output, null, MOVE_BYTES, SPLICE_F_NONBLOCK));
      if (moved > 0) {
        hasRoom = false;
        if (performance.now() - sliceStart < SLICE_MS) continue;
        await setImmediate();
        sliceStart = performance.now();
        continue;
      }
      const name = moved === 0 ? "EIO" : errnoName(errno());
      if (name === "EIO") return "nobody";
      if (name !== "EAGAIN" && name !== "EINTR")
        throw systemError(`read a container's terminal: ${name}`, { errno: name });
      // Either nothing is there or the pipe is full: which of them, the next attempt tells once it has room.
      if (hasRoom && name === "EAGAIN") return "empty";
      await this.#target.ready(POLLOUT);
      hasRoom = true;
      sliceStart = performance.now();
    }
    return "empty";
  }

  /** Whoever closed the terminal may open it again, as init systems do; until then it would count as hung up. */
  #reopen(): void {
    if (this.#peer !== undefined) closeSync(this.#peer);
    this.#peer = undefined;
    this.#peer = openPeer(this.master);
  }
}
