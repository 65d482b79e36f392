import { messageOf } from "../../errors/index.ts";
import type { Log } from "./assemble.ts";

/** Asking the kernel for its ruleset's generation costs 20 µs. */
const INTERVAL_MS = 1_000;

/** On a host whose rules change all the time, listing them takes at most this part of the time. */
const SHARE = 1 / 20;
/** How late rules of ours may come back after others took them away, however long a look takes. */
const LONGEST_MS = 5_000;

/** How long to wait after a look that took so long, in milliseconds. */
export const pauseAfter = (took: number): number => Math.min(Math.max(INTERVAL_MS, took / SHARE), LONGEST_MS);

/**
 * Does something again and again, each time after the time before has ended, the more rarely the longer it takes; what
 * fails is said once in a row.
 */
export class Watch {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #lastFailure = "";

  constructor(
    private readonly look: () => Promise<void>,
    private readonly log: Log,
  ) {}

  /** Begins, unless it did or was stopped. */
  start(): void {
    if (!this.#stopped && this.#timer === undefined) this.#schedule(INTERVAL_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopped = true;
  }

  #schedule(pause: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.#look(), pause).unref();
  }

  async #look(): Promise<void> {
    const begin = performance.now();
    try {
      await this.look();
      this.#lastFailure = "";
    } catch (error) {
      const failure = `cannot check the packet filter's rules: ${messageOf(error)}`;
      if (failure !== this.#lastFailure) this.log("error", failure);
      this.#lastFailure = failure;
    }
    this.#schedule(pauseAfter(performance.now() - begin));
  }
}
