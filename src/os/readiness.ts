import { messageOf } from "../errors/index.ts";
import { IOCB_BYTES, PollQueue, type Wait } from "./poll-queue.ts";
import { PollTimer } from "./poll-timer.ts";

/*
 * Waiting for descriptors that the event loop does not know how to watch (FIFOs, ttys) without reading ahead.
 * No thread waits, and nothing leaves a pipe before somebody asks for it.
 */
export const POLLIN = 1;
export const POLLOUT = 4;

/** Where waits are entered. `submit` throws when it cannot take another. */
export interface PollSource {
  submit(wait: Wait): void;
  /** Takes a wait back; its `ready` is still called. */
  cancel(wait: Wait): void;
}

/** The kernel's queues, made when the ones before are full, and kept. */
export class PollQueues implements PollSource {
  readonly #queues: PollQueue[] = [];
  readonly #takenBy = new WeakMap<Wait, PollQueue>();
  #broken: unknown;

  constructor(private readonly make = (onBroken: (error: unknown) => void) => new PollQueue(onBroken)) {}

  submit(wait: Wait): void {
    if (this.#broken !== undefined) throw this.#broken;
    const queue = this.#queues.find(({ full }) => !full) ?? this.#another();
    queue.submit(wait);
    this.#takenBy.set(wait, queue);
  }

  cancel(wait: Wait): void {
    this.#takenBy.get(wait)?.cancel(wait);
  }

  #another(): PollQueue {
    const queue = this.make((error) => {
      this.#broken = error;
    });
    this.#queues.push(queue);
    return queue;
  }
}

const queues = new PollQueues();
const timer = new PollTimer();
let warned = false;

/**
 * One descriptor's readiness (poll(2)); one wait at a time. While a wait is pending the kernel keeps the file
 * open, so call `cancel` before closing the descriptor.
 */
export class Pollable {
  readonly #iocb = new DataView(new ArrayBuffer(IOCB_BYTES));
  #cancel: (() => void) | undefined;

  /** `preferred` is used until it fails; then, with a warning, the descriptor is looked at again and again. */
  constructor(
    readonly fd: number,
    private readonly preferred: PollSource = queues,
  ) {}

  /**
   * Resolves when one of `events` (POLLIN, POLLOUT), a hang-up or an error is there, or after `cancel`; seldom
   * without a reason, so look. Never rejects: a descriptor that is none counts as ready.
   */
  ready(events: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ready = () => {
      this.#cancel = undefined;
      resolve();
    };
    const wait = { fd: this.fd, events, iocb: this.#iocb, ready };
    const source = this.#submit(wait);
    this.#cancel = () => source.cancel(wait);
    return promise;
  }

  cancel(): void {
    this.#cancel?.();
  }

  #submit(wait: Wait): PollSource {
    try {
      this.preferred.submit(wait);
      return this.preferred;
    } catch (error) {
      if (!warned) process.emitWarning(`waiting for descriptors by looking at them: ${messageOf(error)}`);
      warned = true;
      timer.submit(wait);
      return timer;
    }
  }
}
