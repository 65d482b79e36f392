import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";
import type { Wait } from "./poll-queue.ts";

/** How late a readiness may be noticed. */
const INTERVAL_MS = 20;
const POLLFD_BYTES = 8;

/** Looks at descriptors again and again (poll(2) without waiting): for hosts whose kernel tells nothing by itself. */
export class PollTimer {
  readonly #waiting = new Set<Wait>();
  #timer: NodeJS.Timeout | undefined;

  submit(wait: Wait): void {
    this.#waiting.add(wait);
    this.#schedule();
  }

  /** Takes a wait back; its `ready` is called. */
  cancel(wait: Wait): void {
    if (this.#waiting.delete(wait)) wait.ready();
  }

  #schedule(): void {
    if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.#look(), INTERVAL_MS);
  }

  #look(): void {
    this.#timer = undefined;
    const waits = [...this.#waiting];
    if (waits.length === 0) return;
    const states = new DataView(new ArrayBuffer(POLLFD_BYTES * waits.length));
    for (const [i, { fd, events }] of waits.entries()) {
      states.setInt32(i * POLLFD_BYTES, fd, true);
      states.setInt16(i * POLLFD_BYTES + 4, events, true);
    }
    libc.poll(ptr(states), waits.length, 0);
    for (const [i, wait] of waits.entries()) {
      if (states.getInt16(i * POLLFD_BYTES + 6, true) !== 0) this.cancel(wait);
    }
    this.#schedule();
  }
}
