import { availableParallelism } from "node:os";

/** Lets so many pieces of work run at once; others wait their turn. */
export class Slots {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The slot passes on without becoming free: nobody gets in between.
      if (next === undefined) this.free++;
      else next();
    }
  }
}

/** For layers' unpacking. A child's memory is worth more than a third one's speed: the disk is the limit by then. */
export function unpackingSlots(): Slots {
  return new Slots(Math.min(2, availableParallelism()));
}
