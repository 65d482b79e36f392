import { randomInt } from "node:crypto";
import type { Family } from "../netlink/index.ts";
import { POLLIN } from "../readiness.ts";
import { answered, type Outcome, outcomeOf, silent } from "./outcome.ts";
import { familyOf, ProbeSocket, SOCK_RAW } from "./socket.ts";

/** RFC 792 and RFC 4443: the protocol, the types of a request and its answer. */
const echo = {
  4: { protocol: 1, request: 8, reply: 0 },
  6: { protocol: 58, request: 128, reply: 129 },
} as const;

/** Sends an echo request ("ping") from the namespace open at the descriptor. */
export async function probeEcho(
  namespace: number,
  address: string,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const family = familyOf(address);
  using socket = new ProbeSocket(namespace, family, SOCK_RAW, echo[family].protocol);
  const end = performance.now() + milliseconds;
  const id = randomInt(0x10000);
  const immediate = socket.connect(address) ?? socket.send(request(family, id));
  if (immediate !== undefined) return outcomeOf(immediate);
  while (await socket.ready(POLLIN, end - performance.now(), signal)) {
    const answer = socket.receive();
    if (typeof answer === "string") return outcomeOf(answer);
    if (answer !== undefined && isReply(family, answer, id)) return answered;
  }
  return silent;
}

function request(family: Family, id: number): Buffer {
  const packet = Buffer.alloc(16);
  packet.writeUInt8(echo[family].request, 0);
  packet.writeUInt16BE(id, 4);
  packet.writeUInt16BE(1, 6);
  packet.write("slipway", 8);
  // The kernel fills it in for IPv6, whose sum is over addresses too.
  if (family === 4) packet.writeUInt16BE(checksum(packet), 2);
  return packet;
}

/** The Internet's checksum, RFC 1071, of an even number of bytes. */
function checksum(packet: Buffer): number {
  let sum = 0;
  for (let at = 0; at < packet.length; at += 2) sum += packet.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A raw socket gets everybody's answers, with IPv4's header before them. */
function isReply(family: Family, packet: Buffer, id: number): boolean {
  const start = family === 4 ? ((packet[0] ?? 0) & 0xf) * 4 : 0;
  return (
    packet.length >= start + 8 &&
    packet[start] === echo[family].reply &&
    packet.readUInt16BE(start + 4) === id
  );
}
