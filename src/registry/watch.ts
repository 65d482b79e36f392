/**
 * Watches one exchange: its signal fires when the requester gives up, or when a wait has lasted too long. Waits are
 * told by `arm` and `disarm`, so that a slow consumer or producer on our side does not count.
 */
export class Watch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #waitingSince: number | undefined;
  #expired = false;

  constructor(
    private readonly requester: AbortSignal,
    /** Milliseconds. */
    readonly limit: number,
  ) {
    this.#timer = setInterval(() => this.#look(), Math.max(limit / 4, 1));
    requester.addEventListener("abort", this.#abort);
    if (requester.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether a wait has lasted too long. */
  get expired(): boolean {
    return this.#expired;
  }

  get cancelled(): boolean {
    return this.requester.aborted;
  }

  arm(): void {
    this.#waitingSince = performance.now();
  }

  disarm(): void {
    this.#waitingSince = undefined;
  }

  /** Nothing of the exchange is to come. */
  end(): void {
    clearInterval(this.#timer);
    this.requester.removeEventListener("abort", this.#abort);
  }

  /** Ends the exchange wherever it is. */
  stop(): void {
    this.end();
    this.#controller.abort();
  }

  readonly #abort = (): void => {
    this.#controller.abort(this.requester.reason);
  };

  #look(): void {
    if (this.#waitingSince === undefined || performance.now() - this.#waitingSince < this.limit) return;
    this.#expired = true;
    this.#controller.abort();
  }
}
