import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { cancelled } from "../../errors/index.ts";
import { check, errno, errnoName, libc } from "../libc.ts";
import { addressBytes, type Family } from "../netlink/index.ts";
import { inNamespace } from "../netns.ts";
import { Pollable } from "../readiness.ts";

const AF = { 4: 2, 6: 10 } as const;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
/** The level and the option that report what routers say, such as "host unreachable", at once. */
const RECEIVE_ERRORS = { 4: [0, 11], 6: [41, 25] } as const;

/** The largest answer that a probe looks at. */
const ANSWER_BYTES = 2048;

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;

export const familyOf = (address: string): Family => (address.includes(":") ? 6 : 4);

/** A socket made in another network namespace, which it belongs to for ever. No call waits, except `ready`. */
export class ProbeSocket implements Disposable {
  readonly #fd: number;
  readonly #pollable: Pollable;

  constructor(
    namespace: number,
    private readonly family: Family,
    type: number,
    protocol = 0,
  ) {
    const kind = type | SOCK_NONBLOCK | SOCK_CLOEXEC;
    this.#fd = inNamespace(namespace, () =>
      check(libc.socket(AF[family], kind, protocol), "open a socket in a container's network"),
    );
    this.#pollable = new Pollable(this.#fd);
    const [level, option] = RECEIVE_ERRORS[family];
    libc.setsockopt(this.#fd, level, option, ptr(new Int32Array([1])), 4);
  }

  /** The name of the error with which it fails at once; undefined when it is connected, or about to be. */
  connect(address: string, port = 0): string | undefined {
    const target = socketAddress(this.family, address, port);
    if (libc.connect(this.#fd, ptr(target), target.length) === 0) return undefined;
    const name = errnoName(errno());
    return name === "EINPROGRESS" || name === "EALREADY" || name === "EISCONN" ? undefined : name;
  }

  /** Is it connected by now? Asked of one that has begun to connect. */
  isConnected(address: string, port: number): boolean {
    const target = socketAddress(this.family, address, port);
    return libc.connect(this.#fd, ptr(target), target.length) === 0 || errnoName(errno()) === "EISCONN";
  }

  /** The name of the error that the datagram met; undefined when it went out. */
  send(bytes: Uint8Array): string | undefined {
    return Number(libc.send(this.#fd, ptr(bytes), bytes.length, 0)) >= 0 ? undefined : errnoName(errno());
  }

  /** What has come: bytes, the name of an error, or undefined for nothing yet. */
  receive(): Buffer | string | undefined {
    const buffer = Buffer.alloc(ANSWER_BYTES);
    const size = Number(libc.recv(this.#fd, ptr(buffer), buffer.length, 0));
    if (size >= 0) return buffer.subarray(0, size);
    const name = errnoName(errno());
    return name === "EAGAIN" || name === "EINTR" ? undefined : name;
  }

  /** The name of the error that came for it since it was asked last. */
  failure(): string | undefined {
    const value = new Int32Array(1);
    const size = new Uint32Array([4]);
    check(
      libc.getsockopt(this.#fd, SOL_SOCKET, SO_ERROR, ptr(value), ptr(size)),
      "ask a socket for its error",
    );
    return value[0] === 0 ? undefined : errnoName(value[0]!);
  }

  /** Waits for one of the events of poll(2), or an error; false when the time is up first. `cancelled` by the signal. */
  async ready(events: number, milliseconds: number, signal: AbortSignal): Promise<boolean> {
    let over = milliseconds <= 0 || signal.aborted;
    const stop = () => {
      over = true;
      this.#pollable.cancel();
    };
    if (!over) {
      const timer = setTimeout(stop, milliseconds);
      signal.addEventListener("abort", stop, { once: true });
      await this.#pollable.ready(events);
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
    if (signal.aborted) throw cancelled("the request was given up", { cause: signal.reason });
    return !over;
  }

  [Symbol.dispose](): void {
    this.#pollable.cancel();
    closeSync(this.#fd);
  }
}

/** struct sockaddr_in or sockaddr_in6. */
function socketAddress(family: Family, address: string, port: number): Buffer {
  const bytes = Buffer.alloc(family === 4 ? 16 : 28);
  bytes.writeUInt16LE(AF[family], 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(addressBytes(address), family === 4 ? 4 : 8);
  return bytes;
}
