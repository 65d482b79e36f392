import { messageOf } from "../errors/index.ts";
import type { Log } from "./log.ts";

/** Work that goes on behind an answer. Its failures are logged; the engine's end waits for it. */
export class Background {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly log: Log) {}

  run(what: string, work: () => Promise<unknown>): void {
    const task = work().then(
      () => {},
      (error: unknown) => this.log("error", `${what}: ${messageOf(error)}`),
    );
    this.running.add(task);
    void task.finally(() => this.running.delete(task));
  }

  /** A step whose failure must not keep the steps after it from happening. */
  async attempt(what: string, step: () => Promise<unknown> | unknown): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.log("error", `cannot ${what}: ${messageOf(error)}`);
    }
  }

  /** Work that lasts as long as a container's run: the engine's end does not wait for it. */
  supervise(id: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.log("error", `container ${id}: ${messageOf(error)}`));
  }

  /** Resolves when nothing runs any more, what was started meanwhile included. */
  async drained(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
