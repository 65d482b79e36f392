import { availableParallelism } from "node:os";
import { type Job, PooledChild } from "./child.ts";
import { Queue } from "./queue.ts";

/** So many work at a time as long as their work is short, and so many are kept for what may come. */
const usual = availableParallelism();
/** Work that waits so long gets a process of its own, in milliseconds: starting one takes some 60 of one processor. */
const patience = 150;
/** How long a process that has nothing to do is kept, in milliseconds. */
const idleTime = 2000;

/**
 * Processes that do one piece of work after another: starting one for each would take ten times as long as most pieces do.
 * What fails ends its process, and so does an abort. Those that nobody needs go, and all go with the engine.
 */
export class ChildPool {
  readonly #children = new Set<PooledChild>();
  readonly #idle = new Map<PooledChild, Timer>();
  readonly #waiting = new Queue((job) => this.#start(job), patience);

  run(job: Job): void {
    const idle = [...this.#idle.keys()].at(-1);
    if (idle !== undefined) this.#give(idle, job);
    else if (this.#children.size < usual) this.#start(job);
    else this.#waiting.push(job);
  }

  /** There will be work soon: one process more is started for it, if there are not as many as usual. */
  prepare(): void {
    if (this.#children.size < usual) this.#ready(this.#open());
  }

  #start(job: Job): void {
    this.#open().do(job);
  }

  #open(): PooledChild {
    const child = new PooledChild(() => this.#ready(child));
    this.#children.add(child);
    void child.ended.then(() => this.#gone(child));
    return child;
  }

  #give(child: PooledChild, job: Job): void {
    clearTimeout(this.#idle.get(child));
    this.#idle.delete(child);
    child.do(job);
  }

  #ready(child: PooledChild): void {
    const next = this.#waiting.shift();
    if (next !== undefined) child.do(next);
    else if (this.#idle.size >= usual) child.end();
    else
      this.#idle.set(
        child,
        setTimeout(() => this.#dismiss(child), idleTime),
      );
  }

  #dismiss(child: PooledChild): void {
    this.#idle.delete(child);
    child.end();
  }

  #gone(child: PooledChild): void {
    clearTimeout(this.#idle.get(child));
    this.#idle.delete(child);
    this.#children.delete(child);
    const next = this.#children.size < usual ? this.#waiting.shift() : undefined;
    if (next !== undefined) this.#start(next);
  }
}
