import { messageOf } from "../../errors/index.ts";
import type { Log } from "./assemble.ts";

/** Asking the kernel for its ruleset's generation costs 20 µs. */
const INTERVAL_MS = 1_000;

/** Does something again and again, each time after the time before has ended; what fails is said once in a row. */
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
    if (!this.#stopped && this.#timer === undefined) this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopped = true;
  }

  #schedule(): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.#look(), INTERVAL_MS).unref();
  }

  async #look(): Promise<void> {
    try {
      await this.look();
      this.#lastFailure = "";
    } catch (error) {
      const failure = `cannot check the packet filter's rules: ${messageOf(error)}`;
      if (failure !== this.#lastFailure) this.log("error", failure);
      this.#lastFailure = failure;
    }
    this.#schedule();
  }
}
