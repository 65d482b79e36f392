import { ptr } from "bun:ffi";
import { check, libc } from "./libc.ts";

const SYS =
  process.arch === "x64"
    ? { ioSetup: 206, ioGetevents: 208, ioSubmit: 209, ioCancel: 210 }
    : { ioSetup: 0, ioGetevents: 4, ioSubmit: 2, ioCancel: 3 };
const IOCB_CMD_POLL = 5;
const IOCB_FLAG_RESFD = 1;
const EVENT_BYTES = 32;
const EVENTS_AT_ONCE = 64;
/** Requests in flight in one queue. All queues of a host share fs.aio-max-nr (65,536), so each is small. */
const MAX_REQUESTS = 256;
const EFD_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;

/** The bytes of a request (struct iocb). */
export const IOCB_BYTES = 64;

/** One wait for a descriptor. `iocb` must stay alive and unchanged until `ready` was called. */
export interface Wait {
  readonly fd: number;
  /** POLLIN, POLLOUT. */
  readonly events: number;
  readonly iocb: DataView;
  readonly ready: () => void;
}

/**
 * A queue of poll requests in the kernel's AIO interface (io_submit(2), IOCB_CMD_POLL). The kernel rings one
 * eventfd for all of them; `rings` yields at each ring.
 */
export class PollQueue {
  readonly #context: bigint;
  readonly #bell: number;
  readonly #waiting = new Map<number, () => void>();
  readonly #events = new DataView(new ArrayBuffer(EVENT_BYTES * EVENTS_AT_ONCE));
  readonly #request = new BigUint64Array(1);
  #lastId = 0;

  /** Throws when the kernel has no room for another queue. `onBroken`: from now on this one tells nothing. */
  constructor(
    onBroken: (error: unknown) => void,
    rings: (bell: number) => AsyncIterable<unknown> = (bell) => Bun.file(bell).stream(),
  ) {
    const context = new BigUint64Array(1);
    check(syscall(SYS.ioSetup, MAX_REQUESTS, ptr(context)), "set up a queue for poll requests");
    this.#context = context[0] as bigint;
    this.#bell = check(libc.eventfd(0, EFD_NONBLOCK_CLOEXEC), "make an eventfd");
    this.#dispatch(rings(this.#bell)).catch((error: unknown) => {
      onBroken(error);
      for (const id of [...this.#waiting.keys()]) this.#finish(id);
    });
  }

  get full(): boolean {
    return this.#waiting.size >= MAX_REQUESTS;
  }

  submit({ iocb, fd, events, ready }: Wait): void {
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
  cancel({ iocb }: Wait): void {
    syscall(SYS.ioCancel, this.#context, ptr(iocb), ptr(this.#events));
  }

  async #dispatch(rings: AsyncIterable<unknown>): Promise<void> {
    for await (const _ring of rings) {
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
    for (const id of ids) this.#finish(id);
    return count;
  }

  #finish(id: number): void {
    const ready = this.#waiting.get(id);
    this.#waiting.delete(id);
    ready?.();
  }
}

function syscall(number: number, ...args: (number | bigint)[]): number | bigint {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
  return libc.syscall(number, a, b, c, d, e, f);
}
