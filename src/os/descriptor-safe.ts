import { ptr } from "bun:ffi";
import { closeSync, openSync } from "node:fs";
import { basename, dirname } from "node:path";
import { systemError } from "../errors/index.ts";
import { check, errno, errnoName, libc } from "./libc.ts";
import { POLLIN, Pollable } from "./readiness.ts";

const AF_UNIX = 1;
const STREAM_CLOEXEC = 0o2000001;
const NONBLOCK = 0o4000;
const CLOEXEC_NONBLOCK = 0o2004000;
const PATH_DIRECTORY_CLOEXEC = 0o12200000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const MSG_NOSIGNAL = 0x4000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const IOVEC = 56;
const CONTROL = 72;
const PAYLOAD = 96;
const CONTROL_BYTES = 24;
/** Without the padding. */
const RIGHTS_BYTES = 20;
/** Runtimes say beside a terminal's descriptor what it is called inside the container. */
const PAYLOAD_BYTES = 4096;
const BACKLOG = 8;

/**
 * Where open descriptors wait for somebody to take them: a listening Unix socket, in the queue of which stand connections
 * that carry one each (SCM_RIGHTS, unix(7)). They live for as long as any process has the socket, whoever put them there.
 */
export class DescriptorSafe {
  readonly #pollable: Pollable;
  #closed = false;

  /** `socket` is the listening one, `path` where it is bound. */
  constructor(
    readonly socket: number,
    private readonly path: string,
  ) {
    this.#pollable = new Pollable(socket);
  }

  /** Binds a new socket to `path`. `EADDRINUSE` when there is something. */
  static make(path: string): DescriptorSafe {
    const socket = check(libc.socket(AF_UNIX, STREAM_CLOEXEC | NONBLOCK, 0), "make a socket");
    try {
      addressed(path, (address) =>
        check(libc.bind(socket, ptr(address), address.length), () => `bind ${path}`),
      );
      check(libc.listen(socket, BACKLOG), () => `listen on ${path}`);
      return new DescriptorSafe(socket, path);
    } catch (error) {
      closeSync(socket);
      throw error;
    }
  }

  /** Adds a descriptor, of which the caller keeps its own. */
  put(descriptor: number): void {
    const socket = check(libc.socket(AF_UNIX, STREAM_CLOEXEC, 0), "make a socket");
    try {
      addressed(this.path, (address) =>
        check(libc.connect(socket, ptr(address), address.length), () => `connect to ${this.path}`),
      );
      send(socket, descriptor);
    } finally {
      closeSync(socket);
    }
  }

  /** Takes out what was put in first, close-on-exec; undefined when nothing is there. */
  takeNow(): number | undefined {
    const connection = this.#accept();
    if (connection === undefined) return undefined;
    try {
      const received = receive(connection);
      return received === "nothing yet" ? undefined : received;
    } finally {
      closeSync(connection);
    }
  }

  /**
   * The same, waiting for it: who has connected may still be about to send. Undefined once `over` has resolved and nothing is there, or
   * when who had connected left without sending anything.
   */
  async take(over: Promise<unknown>): Promise<number | undefined> {
    let isOver = false;
    const end = () => {
      isOver = true;
      this.#pollable.cancel();
    };
    over.then(end, end);
    for (;;) {
      const last = isOver;
      const connection = this.#accept();
      if (connection !== undefined) return await firstOf(connection);
      if (last || this.#closed) return undefined;
      await this.#pollable.ready(POLLIN);
    }
  }

  /** Lets go of the socket; what is in it is lost unless others have it too. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pollable.cancel();
    closeSync(this.socket);
  }

  #accept(): number | undefined {
    const connection = libc.accept4(this.socket, null, null, CLOEXEC_NONBLOCK);
    if (connection >= 0) return connection;
    const name = errnoName(errno());
    if (["EAGAIN", "EINTR", "ECONNABORTED"].includes(name)) return undefined;
    throw systemError(`take a connection from ${this.path}: ${name}`, { errno: name });
  }
}

/** What comes over a connection, which is closed then. It ends at the latest when the other side does. */
async function firstOf(connection: number): Promise<number | undefined> {
  const pollable = new Pollable(connection);
  try {
    for (;;) {
      const received = receive(connection);
      if (received !== "nothing yet") return received;
      await pollable.ready(POLLIN);
    }
  } finally {
    closeSync(connection);
  }
}

/** Runs something with the socket address of a path, which may be longer than the 107 bytes that one has room for. */
function addressed(path: string, run: (address: Uint8Array) => void): void {
  const folder = openSync(dirname(path), PATH_DIRECTORY_CLOEXEC);
  try {
    const name = new TextEncoder().encode(`/proc/self/fd/${folder}/${basename(path)}\0`);
    run(Uint8Array.of(AF_UNIX, 0, ...name));
  } finally {
    closeSync(folder);
  }
}

function send(socket: number, descriptor: number): void {
  const message = new Message(1);
  message.descriptor = descriptor;
  check(Number(libc.sendmsg(socket, message.pointer, MSG_NOSIGNAL)), "send a descriptor");
}

/** Undefined at the end of the connection, and when what came was no descriptor. */
function receive(connection: number): number | undefined | "nothing yet" {
  const message = new Message(PAYLOAD_BYTES);
  if (Number(libc.recvmsg(connection, message.pointer, MSG_CMSG_CLOEXEC)) >= 0) return message.descriptor;
  const name = errnoName(errno());
  if (name === "EAGAIN" || name === "EINTR") return "nothing yet";
  if (name === "ECONNRESET") return undefined;
  throw systemError(`receive a descriptor: ${name}`, { errno: name });
}

/**
 * A struct msghdr with room for one descriptor, and what it points at: in one piece of memory, so that nothing of it is collected
 * while the kernel works on it. Layout: header (56 bytes), one iovec (16), one cmsghdr with a descriptor (24), payload.
 */
class Message {
  readonly #view: DataView;

  constructor(payloadBytes: number) {
    this.#view = new DataView(new ArrayBuffer(PAYLOAD + payloadBytes));
    const start = BigInt(ptr(this.#view));
    const words: [at: number, value: bigint][] = [
      [16, start + BigInt(IOVEC)],
      [24, 1n],
      [32, start + BigInt(CONTROL)],
      [40, BigInt(CONTROL_BYTES)],
      [IOVEC, start + BigInt(PAYLOAD)],
      [IOVEC + 8, BigInt(payloadBytes)],
    ];
    for (const [at, value] of words) this.#view.setBigUint64(at, value, true);
  }

  get pointer() {
    return ptr(this.#view);
  }

  /** What a received message carries. */
  get descriptor(): number | undefined {
    const controlBytes = this.#view.getBigUint64(40, true);
    const carries =
      controlBytes >= BigInt(RIGHTS_BYTES) &&
      this.#view.getInt32(CONTROL + 8, true) === SOL_SOCKET &&
      this.#view.getInt32(CONTROL + 12, true) === SCM_RIGHTS;
    return carries ? this.#view.getInt32(CONTROL + 16, true) : undefined;
  }

  set descriptor(descriptor: number) {
    this.#view.setBigUint64(CONTROL, BigInt(RIGHTS_BYTES), true);
    this.#view.setInt32(CONTROL + 8, SOL_SOCKET, true);
    this.#view.setInt32(CONTROL + 12, SCM_RIGHTS, true);
    this.#view.setInt32(CONTROL + 16, descriptor, true);
  }
}
