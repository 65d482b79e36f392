import { ptr } from "bun:ffi";
import { check, libc } from "./libc.ts";

/*
 * Waiting for descriptors that the event loop does not know how to watch (FIFOs, ttys) without reading ahead:
 * a poll request of the kernel's AIO interface (io_submit(2), IOCB_CMD_POLL) rings one eventfd, and Bun reads
 * that. No thread waits, and nothing leaves a pipe before somebody asks for it.
 */
const SYS =
  process.arch === "x64"
    ? { ioSetup: 206, ioGetevents: 208, ioSubmit: 209, ioCancel: 210 }
    : { ioSetup: 0, ioGetevents: 4, ioSubmit: 2, ioCancel: 3 };
const IOCB_CMD_POLL = 5;
const IOCB_FLAG_RESFD = 1;
const IOCB_BYTES = 64;
const EVENT_BYTES = 32;
const EVENTS_AT_ONCE = 64;
/** Requests in flight in one queue. All queues of a host share fs.aio-max-nr (65,536), so each is small. */
const MAX_REQUESTS = 256;
const EFD_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;

export const POLLIN = 1;
export const POLLOUT = 4;

/** A queue of poll requests in the kernel. */
class PollQueue {
  readonly #context: bigint;
  readonly #bell: number;
  readonly #waiting = new Map<number, () => void>();
  readonly #events = new DataView(new ArrayBuffer(EVENT_BYTES * EVENTS_AT_ONCE));
  readonly #request = new BigUint64Array(1);
  #lastId = 0;

  constructor() {
    const context = new BigUint64Array(1);
    check(syscall(SYS.ioSetup, MAX_REQUESTS, ptr(context)), "set up a queue for poll requests");
    this.#context = context[0] as bigint;
    this.#bell = check(libc.eventfd(0, EFD_NONBLOCK_CLOEXEC), "make an eventfd");
    void this.#dispatch();
  }

  get full(): boolean {
    return this.#waiting.size >= MAX_REQUESTS;
  }

  /** Sends the request in `iocb`, which must stay alive and unchanged until `ready` was called. */
  submit(iocb: DataView, fd: number, events: number, ready: () => void): void {
    const id = ++this.#lastId;
    iocb.setBigUint64(0, BigInt(id), true);
    iocb.setUint16(16, IOCB_CMD_POLL, true);
    iocb.setInt32(20, fd, true);
    iocb.setBigUint64(24, BigInt(events), true);
    iocb.setUint32(56, IOCB_FLAG_RESFD, true);
    iocb.setInt32(60, this.#bell, true);
    this.#request[0] = BigInt(ptr(iocb));
    check(syscall(SYS.ioSubmit, this.#context, 1, ptr(this.#request)), "wait for a descriptor");
    this.#waiting.set(id, ready);
  }

  /** Takes a request back; its `ready` is still called. A request that just completed is left alone. */
  cancel(iocb: DataView): void {
    syscall(SYS.ioCancel, this.#context, ptr(iocb), ptr(this.#events));
  }

  async #dispatch(): Promise<void> {
    for await (const _rings of Bun.file(this.#bell).stream()) {
      while (this.#collect() === EVENTS_AT_ONCE);
    }
  }

  #collect(): number {
    const events = this.#events;
    const count = check(
      syscall(SYS.ioGetevents, this.#context, 0, EVENTS_AT_ONCE, ptr(events), 0),
      "collect poll results",
    );
    const ids = Array.from({ length: count }, (_, i) => Number(events.getBigUint64(i * EVENT_BYTES, true)));
    for (const id of ids) {
      const ready = this.#waiting.get(id);
      this.#waiting.delete(id);
      ready?.();
    }
    return count;
  }
}

function syscall(number: number, ...args: (number | bigint)[]): number | bigint {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
  return libc.syscall(number, a, b, c, d, e, f);
}

/** Made when the ones before are full, and kept. */
const queues: PollQueue[] = [];

function queueWithRoom(): PollQueue {
  const found = queues.find(({ full }) => !full);
  if (found !== undefined) return found;
  const made = new PollQueue();
  queues.push(made);
  return made;
}

/**
 * One descriptor's readiness (poll(2)); one wait at a time. While a wait is pending the kernel keeps the file
 * open, so call `cancel` before closing the descriptor.
 */
export class Pollable {
  readonly #iocb = new DataView(new ArrayBuffer(IOCB_BYTES));
  #pending: PollQueue | undefined;

  constructor(readonly fd: number) {}

  /** Resolves when one of `events` (POLLIN, POLLOUT), a hang-up or an error is there, or after `cancel`. */
  ready(events: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const queue = queueWithRoom();
    queue.submit(this.#iocb, this.fd, events, () => {
      this.#pending = undefined;
      resolve();
    });
    this.#pending = queue;
    return promise;
  }

  cancel(): void {
    this.#pending?.cancel(this.#iocb);
  }
}
