/** After a request: what it still has to do comes first. */
const REFILL_DELAY_MS = 50;
const BETWEEN_MS = 10;

/**
 * A few things made before they are asked for. Making one may fail for lack of addresses: the pool then waits
 * for the next request, which makes its own and tells its requester of the failure.
 */
export class WarmPool<T> {
  #ready: T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #open = false;

  constructor(
    readonly size: number,
    private readonly make: () => T,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Begins to work ahead; does so already, it does nothing. */
  start(): void {
    if (this.#open) return;
    this.#open = true;
    this.#refill(BETWEEN_MS);
  }

  /** One that is ready and suits, or undefined. */
  take(suits: (item: T) => boolean = () => true): T | undefined {
    const index = this.#ready.findIndex(suits);
    const item = index < 0 ? undefined : this.#ready.splice(index, 1)[0];
    this.#refill(REFILL_DELAY_MS);
    return item;
  }

  /** Stops making; the caller disposes of what it gets. */
  close(): T[] {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#ready.splice(0);
  }

  /** One at a time, so that other events get their turn; steady requests must not put it off for ever. */
  #refill(delay: number): void {
    if (!this.#open || this.#timer !== undefined || this.#ready.length >= this.size) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      try {
        this.#ready.push(this.make());
        this.#refill(BETWEEN_MS);
      } catch (error) {
        this.onFailure(error);
      }
    }, delay).unref();
  }
}
