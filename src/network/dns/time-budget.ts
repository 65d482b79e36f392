/** One answer takes far less; what the clock says beyond that, somebody else had the processor for. */
const MOST_FOR_ONE = 1;

/**
 * A share of the engine's time: so many milliseconds, and then no more before a timer has fired. Timers fire only when
 * the event loop has come to everything else, so that nobody who floods a socket keeps it from that.
 */
export class TimeBudget {
  #spent = 0;
  #renewal: Promise<void> | undefined;

  constructor(
    private readonly milliseconds: number,
    private readonly window: number,
  ) {}

  get isSpent(): boolean {
    return this.#spent >= this.milliseconds;
  }

  spend(milliseconds: number): void {
    this.#spent += Math.min(milliseconds, MOST_FOR_ONE);
    if (this.#renewal !== undefined) return;
    const renewal = Promise.withResolvers<void>();
    this.#renewal = renewal.promise;
    setTimeout(() => {
      this.#renewal = undefined;
      this.#spent = 0;
      renewal.resolve();
    }, this.window).unref();
  }

  /** Fulfils when there is time again. */
  async renewed(): Promise<void> {
    await this.#renewal;
  }
}
