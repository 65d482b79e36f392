import { invalid } from "../../errors/index.ts";

/* The framing of WebSockets (RFC 6455, section 5), as much as a server of byte streams needs. */

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  opcode: number;
  payload: Buffer;
}

const FIN = 0x80;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** Input arrives from terminals; a client that sends more at once can cut it into frames. */
const MAX_PAYLOAD_BYTES = 16 << 20;

/** A final, unmasked frame: what servers send. */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([frameHead(opcode, payload.length), payload]);
}

function frameHead(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([FIN | opcode, length]);
  if (length < 65_536) return Buffer.from([FIN | opcode, 126, length >> 8, length & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = FIN | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** Takes frames out of a stream of bytes. Throws `invalid` for bytes that break the protocol. */
export async function* decodeFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let taken = takeFrame(rest); taken !== undefined; taken = takeFrame(rest)) {
      rest = rest.subarray(taken.bytes);
      yield taken.frame;
    }
  }
}

function takeFrame(bytes: Buffer): { frame: Frame; bytes: number } | undefined {
  if (bytes.length < 2) return undefined;
  if ((bytes[1]! & MASKED) === 0) throw invalid("a WebSocket client must mask its frames");
  const size = payloadLength(bytes);
  if (size === undefined) return undefined;
  if (size.length > MAX_PAYLOAD_BYTES)
    throw invalid(`a WebSocket frame is larger than ${MAX_PAYLOAD_BYTES} bytes`);
  const start = size.end + MASK_BYTES;
  const end = start + size.length;
  if (bytes.length < end) return undefined;
  const mask = bytes.subarray(size.end, start);
  const payload = Buffer.from(bytes.subarray(start, end));
  for (let at = 0; at < payload.length; at++) payload[at]! ^= mask[at % MASK_BYTES]!;
  return { frame: { opcode: bytes[0]! & 0x0f, payload }, bytes: end };
}

function payloadLength(bytes: Buffer): { length: number; end: number } | undefined {
  const short = bytes[1]! & 0x7f;
  if (short < 126) return { length: short, end: 2 };
  if (short === 126) return bytes.length < 4 ? undefined : { length: bytes.readUInt16BE(2), end: 4 };
  return bytes.length < 10 ? undefined : { length: Number(bytes.readBigUInt64BE(2)), end: 10 };
}
