import { givenUp } from "../messages.ts";
import type { Job } from "./child.ts";

/** Work that waits for its turn, the first first, until it is given up or has waited too long. */
export class Queue {
  readonly #waiting = new Map<Job, () => void>();

  /** After `patience` milliseconds, work is handed to `late`. */
  constructor(
    private readonly late: (job: Job) => void,
    private readonly patience: number,
  ) {}

  push(job: Job): void {
    const { signal, name } = job;
    const giveUp = () => {
      this.#leave(job);
      job.reject(givenUp(name, signal));
    };
    const timer = setTimeout(() => {
      this.#leave(job);
      this.late(job);
    }, this.patience);
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.set(job, () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    });
  }

  shift(): Job | undefined {
    const [first] = this.#waiting.keys();
    if (first !== undefined) this.#leave(first);
    return first;
  }

  #leave(job: Job): void {
    this.#waiting.get(job)?.();
    this.#waiting.delete(job);
  }
}
