import { ptr } from "bun:ffi";
import { errnoOf, messageOf, systemError } from "../errors/index.ts";
import { check, errno, errnoName, libc } from "./libc.ts";
import { IOCB_BYTES, PollQueue, type Wait } from "./poll-queue.ts";
import { PollTimer } from "./poll-timer.ts";

/*
 * Waiting for descriptors that the event loop does not know how to watch (FIFOs, ttys) without reading ahead.
 * No thread waits, and nothing leaves a pipe before somebody asks for it.
 */
export const POLLIN = 1;
export const POLLOUT = 4;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;

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
  /** The kernel's queues take only files that wake those who wait for them in one place. Terminals have two. */
  #hasTwoPlaces = false;

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
    this.#cancel = this.#submit(wait);
    return promise;
  }

  cancel(): void {
    this.#cancel?.();
  }

  /** The result takes the wait back. */
  #submit(wait: Wait): () => void {
    try {
      return this.#hasTwoPlaces ? this.#submitByEpoll(wait) : submitTo(this.preferred, wait);
    } catch (error) {
      if (!this.#hasTwoPlaces && errnoOf(error) === "EINVAL") {
        this.#hasTwoPlaces = true;
        return this.#submit(wait);
      }
      if (!warned) process.emitWarning(`waiting for descriptors by looking at them: ${messageOf(error)}`);
      warned = true;
      return submitTo(timer, wait);
    }
  }

  /** An epoll instance is readable when what it watches is ready, and wakes in one place (epoll(7)). */
  #submitByEpoll(wait: Wait): () => void {
    const epoll = watcherOf(wait.fd, wait.events);
    const ready = () => {
      libc.close(epoll);
      wait.ready();
    };
    try {
      return submitTo(this.preferred, { fd: epoll, events: POLLIN, iocb: wait.iocb, ready });
    } catch (error) {
      libc.close(epoll);
      throw error;
    }
  }
}

function submitTo(source: PollSource, wait: Wait): () => void {
  source.submit(wait);
  return () => source.cancel(wait);
}

/** An epoll instance that watches one descriptor, close-on-exec. */
function watcherOf(fd: number, events: number): number {
  const epoll = check(libc.epoll_create1(EPOLL_CLOEXEC), "make an epoll instance");
  // struct epoll_event: what is to be told with the event is left zero.
  const event = new Uint32Array([events, 0, 0, 0]);
  if (libc.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, ptr(event)) === 0) return epoll;
  const name = errnoName(errno());
  libc.close(epoll);
  throw systemError(`watch a descriptor: ${name}`, { errno: name });
}
