/** Does something each time that nothing was heard for a while; once until something is heard again. */
export class Silence {
  #timer: NodeJS.Timeout | undefined;

  /** `length` in milliseconds. A failure of `work` is its own affair. */
  constructor(
    private readonly length: number,
    private readonly work: () => void,
  ) {}

  heard(): void {
    if (this.#timer === undefined) this.#timer = setTimeout(this.work, this.length).unref();
    else this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
