import type { Socket } from "bun";
import { cancelled, errnoOf, systemError, unavailable } from "../../errors/index.ts";
import type { Address } from "../host.ts";

/** Bytes that may wait for a reader before the socket is paused. */
const READ_AHEAD = 1 << 20;

/**
 * A byte stream to an engine with both ends under control: reads are pulled, writes wait for room, and the
 * write side can be closed alone. Bun's own socket is used because loading `node:net` costs a short command
 * more than its request does.
 */
export class Connection {
  #socket!: Socket;
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;
  #paused = false;
  #ended = false;
  #failure: Error | undefined;
  #readable: (() => void) | undefined;
  #writable: (() => void) | undefined;

  private constructor() {}

  /** Throws `unavailable` when nobody listens at the address. */
  static async open(address: Address): Promise<Connection> {
    const connection = new Connection();
    try {
      const options = { allowHalfOpen: true, socket: connection.#handlers() };
      connection.#socket =
        "unix" in address
          ? await Bun.connect({ ...options, unix: address.unix })
          : await Bun.connect({ ...options, hostname: address.hostname, port: address.port });
    } catch (error) {
      throw cannotConnect(address, error);
    }
    return connection;
  }

  #handlers() {
    return {
      binaryType: "uint8array" as const,
      data: (_: Socket, chunk: Uint8Array) => this.#received(chunk),
      drain: () => this.#writable?.(),
      end: () => this.#finish(),
      close: (_: Socket, error?: Error) => this.#finish(error),
      error: (_: Socket, error: Error) => this.#finish(error),
      connectError: () => {},
    };
  }

  #received(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered > READ_AHEAD && !this.#paused) {
      this.#paused = true;
      this.#socket.pause();
    }
    this.#readable?.();
  }

  #finish(error?: Error): void {
    this.#ended = true;
    this.#failure ??= error;
    this.#readable?.();
    this.#writable?.();
  }

  /** The next bytes, or undefined at the end of the stream. One reader at a time. */
  async read(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#readable = resolve;
      });
    }
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      return undefined;
    }
    this.#buffered -= chunk.length;
    if (this.#paused && this.#buffered <= READ_AHEAD / 2) {
      this.#paused = false;
      this.#socket.resume();
    }
    return chunk;
  }

  /** Puts bytes back in front of what `read` answers next. */
  unread(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.unshift(chunk);
    this.#buffered += chunk.length;
  }

  /** Resolves when the kernel has taken all of it; one writer at a time. */
  async write(data: Uint8Array): Promise<void> {
    let rest = data;
    while (rest.length > 0) {
      const taken = this.#socket.write(rest);
      if (taken < 0 || this.#socket.readyState <= 0) throw this.#failure ?? closedByEngine();
      rest = rest.subarray(taken);
      if (rest.length > 0) {
        await new Promise<void>((resolve) => {
          this.#writable = resolve;
        });
      }
    }
  }

  /** Half-close: no more will be written, reading goes on. */
  endWrite(): void {
    this.#socket.shutdown();
  }

  /** True while the peer has not closed and nothing unread has come: fit for a next request. */
  get idle(): boolean {
    return !this.#ended && this.#chunks.length === 0;
  }

  /** Lets the process exit although the connection is open. */
  unref(): void {
    this.#socket.unref();
  }

  ref(): void {
    this.#socket.ref();
  }

  /** Closes both directions at once; a waiting read fails with `reason`. */
  destroy(reason?: Error): void {
    this.#failure ??= reason;
    this.#ended = true;
    if (reason !== undefined) this.#chunks.length = 0;
    this.#socket.terminate();
    this.#readable?.();
    this.#writable?.();
  }
}

export function closedByEngine(): Error {
  return systemError("the engine closed the connection before it answered; see the engine's log");
}

export function aborted(signal: AbortSignal): Error {
  return cancelled("the request was given up", { cause: signal.reason });
}

function cannotConnect(address: Address, cause: unknown): Error {
  const where = "unix" in address ? `unix://${address.unix}` : `tcp://${address.hostname}:${address.port}`;
  const errno = errnoOf(cause);
  const details = errno === undefined ? { cause } : { cause, errno };
  if (errno === "EACCES" || errno === "EPERM") {
    return unavailable(
      `permission denied at ${where}: run as root or as a member of the group that owns the socket`,
      details,
    );
  }
  return unavailable(`Cannot connect to the engine at ${where}. Is the slipway daemon running?`, details);
}
