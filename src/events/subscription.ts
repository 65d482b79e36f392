import type { EventMessage } from "../api/index.ts";

/** Events that a reader has not taken yet; beyond this the newest are lost to it, never to others. */
const capacity = 4096;

/** One reader's queue. It ends at `close`, after what was queued has been read. */
export class Subscription implements AsyncIterable<EventMessage> {
  private readonly queue: EventMessage[] = [];
  private wake: (() => void) | undefined;
  private closed = false;

  constructor(
    private readonly accepts: (event: EventMessage) => boolean,
    private readonly onClose: () => void,
  ) {}

  offer(event: EventMessage): void {
    if (this.closed || this.queue.length >= capacity || !this.accepts(event)) return;
    this.queue.push(event);
    this.wake?.();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose();
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EventMessage> {
    try {
      for (;;) {
        const next = this.queue.shift();
        if (next !== undefined) yield next;
        else if (this.closed) return;
        else await this.somethingNew();
      }
    } finally {
      this.close();
    }
  }

  private async somethingNew(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wake = resolve;
    await promise;
    this.wake = undefined;
  }
}
