import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { SlipwayError } from "../../errors/index.ts";
import { check, errno, errnoName, libc } from "../libc.ts";
import { attributeText, parseAttributes } from "./attributes.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;

const HEADER = 16;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLMSGERR_ATTR_MSG = 1;
const NLM_F_DUMP_INTR = 0x10;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;

/** One for all sockets, since nothing here waits. A dump's datagrams have at most 32 KiB, or what is offered. */
const received = Buffer.alloc(64 * 1024);

/** Only a defect of ours or the kernel's could make a request go unanswered; then this is not waited out for ever. */
const ANSWER_SECONDS = 5n;

/** How often a list is asked for that changed while the kernel made it; the last one then may miss something. */
const DUMP_TRIES = 5;

/** One request; `what` completes the sentence of its failure, as in "create the bridge slipway0". */
export interface NetlinkRequest {
  readonly type: number;
  readonly flags?: number;
  readonly body: Uint8Array;
  readonly what: string;
  /** The kernel answers it only when it fails, and with it all that was sent together: the brackets of a batch. */
  readonly silent?: boolean;
}

/** A message the kernel answered a request with, without its header. */
export interface NetlinkReply {
  readonly type: number;
  readonly body: Buffer;
}

/**
 * A netlink socket for requests that the kernel answers while it handles `send`, so no call here waits.
 * It belongs for ever to the network namespace its thread was in when it was made: configuring another
 * namespace needs no more than a socket from there.
 */
export class NetlinkSocket implements Disposable {
  readonly #fd: number;
  #sequence = 0;

  constructor(protocol: number) {
    this.#fd = check(
      libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol),
      "open a netlink socket to configure networks",
    );
    // The last two only make error answers shorter and more telling; kernels without them do as well.
    const on = new Int32Array([1]);
    const timeout = new BigInt64Array([ANSWER_SECONDS, 0n]);
    libc.setsockopt(this.#fd, SOL_SOCKET, SO_RCVTIMEO, ptr(timeout), 16);
    libc.setsockopt(this.#fd, SOL_NETLINK, NETLINK_CAP_ACK, ptr(on), 4);
    libc.setsockopt(this.#fd, SOL_NETLINK, NETLINK_EXT_ACK, ptr(on), 4);
  }

  /**
   * Sends all requests in one system call and takes their acknowledgements. The kernel tries each one even
   * after a failure; the first failure is thrown, with its errno.
   */
  transact(...requests: NetlinkRequest[]): void {
    if (requests.length === 0) return;
    const first = this.#send(requests, NLM_F_ACK);
    let failure: SlipwayError | undefined;
    for (let missing = requests.filter(({ silent }) => !silent).length; missing > 0; ) {
      for (const { type, sequence, body } of this.#receive()) {
        const request = requests[sequence - first];
        if (type !== NLMSG_ERROR || request === undefined) continue;
        missing = request.silent ? 0 : missing - 1;
        failure ??= failureOf(body, request);
      }
    }
    if (failure !== undefined) throw failure;
  }

  /** The replies to one request: with NLM_F_DUMP all objects, otherwise one. */
  query(request: NetlinkRequest): NetlinkReply[] {
    for (let tries = 1; ; tries++) {
      const { replies, interrupted } = this.#query(request);
      if (!interrupted || tries === DUMP_TRIES) return replies;
    }
  }

  #query(request: NetlinkRequest): { replies: NetlinkReply[]; interrupted: boolean } {
    const sequence = this.#send([request], 0);
    const replies: NetlinkReply[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        interrupted ||= (message.flags & NLM_F_DUMP_INTR) !== 0;
        if (message.type === NLMSG_DONE) return { replies, interrupted };
        if (message.type === NLMSG_ERROR) {
          const failure = failureOf(message.body, request);
          if (failure !== undefined) throw failure;
          return { replies, interrupted };
        }
        replies.push({ type: message.type, body: Buffer.from(message.body) });
        if (!((request.flags ?? 0) & NLM_F_DUMP)) return { replies, interrupted };
      }
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  /** Answers the sequence number of the first request; the others follow it. */
  #send(requests: readonly NetlinkRequest[], flags: number): number {
    const first = this.#sequence + 1;
    const messages = requests.map((request) => {
      const header = Buffer.alloc(HEADER);
      header.writeUInt32LE(HEADER + request.body.length, 0);
      header.writeUInt16LE(request.type, 4);
      header.writeUInt16LE(NLM_F_REQUEST | (request.silent ? 0 : flags) | (request.flags ?? 0), 6);
      header.writeUInt32LE(++this.#sequence, 8);
      return Buffer.concat([header, request.body, Buffer.alloc(-request.body.length & 3)]);
    });
    const datagram = Buffer.concat(messages);
    check(libc.send(this.#fd, ptr(datagram), datagram.length, 0), "send a netlink request");
    return first;
  }

  *#receive(): Generator<NetlinkReply & { flags: number; sequence: number }> {
    let size: number | bigint;
    do size = libc.recv(this.#fd, ptr(received), received.length, 0);
    while (size < 0 && errnoName(errno()) === "EINTR");
    size = check(size, "read a netlink answer");
    for (let offset = 0; offset + HEADER <= size; ) {
      const length = received.readUInt32LE(offset);
      if (length < HEADER || offset + length > size) return;
      yield {
        type: received.readUInt16LE(offset + 4),
        flags: received.readUInt16LE(offset + 6),
        sequence: received.readUInt32LE(offset + 8),
        body: received.subarray(offset + HEADER, offset + length),
      };
      offset += (length + 3) & ~3;
    }
  }
}

/** The failure that a struct nlmsgerr states; undefined for an acknowledgement. */
function failureOf(body: Buffer, request: NetlinkRequest): SlipwayError | undefined {
  const code = -body.readInt32LE(0);
  if (code === 0) return undefined;
  const name = errnoName(code);
  // With NETLINK_CAP_ACK only the request's header is echoed; the explanation follows it.
  const detail = attributeText(parseAttributes(body.subarray(4 + HEADER)).get(NLMSGERR_ATTR_MSG));
  return new SlipwayError("system", `${request.what}: ${name}${detail ? ` (${detail})` : ""}`, {
    errno: name,
  });
}
