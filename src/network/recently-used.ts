/** The last few of many things that were used: what others hold ready for them is bounded so. */
export class RecentlyUsed<T> {
  /** The least recently used first. */
  readonly #order = new Set<T>();

  constructor(
    private readonly limit: number,
    private readonly onEvicted: (item: T) => void,
  ) {}

  /** Notes a use; what is used least recently falls out when there are too many. */
  use(item: T): void {
    this.#order.delete(item);
    this.#order.add(item);
    for (const oldest of this.#order) {
      if (this.#order.size <= this.limit) return;
      this.#order.delete(oldest);
      this.onEvicted(oldest);
    }
  }

  forget(item: T): void {
    this.#order.delete(item);
  }
}
