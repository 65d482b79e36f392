import { closeSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { WindowSize } from "../os/pty.ts";
import type { AttachOptions } from "./client.ts";
import { type ChildFds, type Ends, type EngineEnds, makeEnds, reopenEnds, type StdioShape } from "./ends.ts";
import { Input } from "./input.ts";
import type { OutputStream } from "./log/driver.ts";
import { Output, type OutputOptions } from "./output.ts";
import { Terminal } from "./terminal.ts";

export interface StdioOptions extends StdioShape {
  /** The terminal's first size. */
  readonly consoleSize?: WindowSize;
  /** Our end of stdin was closed; the shell must let go of its own (SIGUSR1) to make that an end of file. */
  readonly onStdinClosed: () => void;
  /** Our terminal has a new size; the one that the runtime made for the process is to have it too. */
  readonly onResized: (size: WindowSize) => void;
}

/** A client's attachment to the output. */
export interface Attachment {
  /** Resolves when the client has everything after the end of output, or is detached; rejects if its sink breaks. */
  readonly finished: Promise<void>;
  detach(): void;
}

/**
 * The streams of one container or exec: what its wrapper shell is started with, and the engine's side of it.
 * The order is `create`, start the shell with `child`, `spawned`, `connect` with a terminal, `start`; or `adopt`,
 * `connect`, `start` after an engine's crash. Clients that attach before `start` miss nothing. `close` in any case.
 */
export class ContainerStdio {
  /** For the wrapper shell. Throws nothing; the descriptors are closed by `spawned`. */
  readonly child: ChildFds | undefined;
  readonly #options: StdioOptions;
  readonly #dir: string | undefined;
  readonly #engine: EngineEnds;
  #input: Input | undefined;
  readonly #output = new Output();
  readonly #done = Promise.withResolvers<void>();
  #terminal: Terminal | undefined;
  #moved: Promise<void> | undefined;
  #size: WindowSize | undefined;
  /** Resolved once it is known what input goes to: with a terminal not before that is there. */
  readonly #connected = Promise.withResolvers<void>();
  #childOnly: readonly number[];
  #started = false;
  #closed = false;

  private constructor(dir: string | undefined, options: StdioOptions, engine: EngineEnds, ends?: Ends) {
    this.#dir = dir;
    this.#options = options;
    this.#engine = engine;
    this.child = ends?.child;
    this.#childOnly = ends?.childOnly ?? [];
    this.#input = engine.stdin === undefined ? undefined : new Input(engine.stdin);
    this.#size = options.consoleSize;
    if (!options.tty) this.#connected.resolve();
  }

  /** Makes FIFOs `stdout`, `stderr`, `stdin` in `dir`; without it, for an exec, unnamed pipes. */
  static create(dir: string | undefined, options: StdioOptions): ContainerStdio {
    const ends = makeEnds(dir, options);
    return new ContainerStdio(dir, options, ends.engine, ends);
  }

  /** Takes the streams in `dir` over from a dead engine; the shell has kept them. */
  static adopt(dir: string, options: StdioOptions): ContainerStdio {
    return new ContainerStdio(dir, options, reopenEnds(dir, options));
  }

  /** The size that its terminal has or is to have. */
  get size(): WindowSize | undefined {
    return this.#size;
  }

  /** Resolves when all output was read and logged; rejects if reading failed. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Closes our copies of the child's ends; to be called when the shell has them. */
  spawned(): void {
    for (const fd of this.#childOnly) closeSync(fd);
    this.#childOnly = [];
  }

  /**
   * Gives it the terminal's master, non-blocking and its own from now on; `ended` resolves when nobody is to say anything there any more.
   * Undefined when there is none: the output is at its end.
   */
  connect(master: number | undefined, ended: Promise<unknown>): void {
    const { terminalOutput } = this.#engine;
    if (terminalOutput === undefined || this.#closed) {
      if (master !== undefined) closeSync(master);
      return;
    }
    if (master === undefined) {
      closeSync(terminalOutput);
      this.#moved = Promise.resolve();
    } else {
      this.#terminal = new Terminal(master, terminalOutput);
      if (this.#size) this.#terminal.resize(this.#size);
      if (this.#options.openStdin) this.#input = new Input(master);
      this.#moved = this.#terminal.run(ended);
      this.#moved.catch(this.#done.reject);
    }
    this.#connected.resolve();
  }

  /** Starts to read the output; from then on it ends when the last writer is gone. */
  start(options: OutputOptions): void {
    this.#started = true;
    const { stdout, stderr } = this.#engine;
    const streams = new Map<OutputStream, number>();
    if (stdout !== undefined) streams.set(1, stdout);
    if (stderr !== undefined) streams.set(2, stderr);
    this.#output.run(streams, options).then(this.#done.resolve, this.#done.reject);
  }

  attach(options: AttachOptions, signal: AbortSignal): Attachment {
    return this.#output.attach(options, signal);
  }

  /** Gives bytes to stdin; await it for back-pressure. Without an open stdin they are dropped. */
  async writeStdin(chunk: Uint8Array): Promise<void> {
    await this.#connected.promise;
    await this.#input?.write(chunk);
  }

  /** Ends stdin after what was written. A terminal's stays: its end of file is a character. */
  async closeStdin(): Promise<void> {
    if (!this.#input || this.#options.tty) return;
    await this.#input.end();
    // The next engine must not open it again.
    if (this.#dir !== undefined) rmSync(join(this.#dir, "stdin"), { force: true });
    this.#options.onStdinClosed();
  }

  /** Changes the terminal's size, now or when it is there; without a terminal it does nothing. */
  resize(size: WindowSize): void {
    if (!this.#options.tty || this.#closed) return;
    this.#size = size;
    this.#terminal?.resize(size);
    this.#options.onResized(size);
  }

  /**
   * Closes everything of the engine's. Await `done` first to lose no output; otherwise what was not read is
   * dropped and clients are detached.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.spawned();
    this.#output.stop();
    this.#terminal?.stop();
    this.#connected.resolve();
    await Promise.allSettled([this.#moved, ...(this.#started ? [this.done] : [])]);
    this.#input?.close();
    const { stdout, stderr, terminalOutput } = this.#engine;
    if (this.#terminal !== undefined && this.#input === undefined) closeSync(this.#terminal.master);
    if (terminalOutput !== undefined && this.#moved === undefined) closeSync(terminalOutput);
    if (stdout !== undefined) closeSync(stdout);
    if (stderr !== undefined) closeSync(stderr);
  }
}
