import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { invalid } from "../../errors/index.ts";
import type { Exchange } from "./exchange.ts";
import { closeGently, closeSignal, type HijackedConnection } from "./hijack.ts";
import { incoming } from "./incoming.ts";
import { socketSink } from "./sink.ts";
import { decodeFrames, encodeFrame, Opcode } from "./websocket-frames.ts";

/** RFC 6455, section 1.3. */
const handshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Turns the connection into a WebSocket that carries bytes. Throws `invalid` when the client asked for none. */
export function acceptWebSocket(exchange: Exchange, wantsInput: boolean): HijackedConnection {
  const { request, response, upgrade, version } = exchange;
  const key = request.headers["sec-websocket-key"];
  if (upgrade === undefined || key === undefined || request.headers.upgrade?.toLowerCase() !== "websocket") {
    throw invalid("this endpoint speaks WebSocket only: send the headers of a WebSocket handshake");
  }
  const socket = response.socket!;
  const accept = createHash("sha1")
    .update(key + handshakeGuid)
    .digest("base64");
  const protocol = request.headers["sec-websocket-protocol"]?.split(",")[0]?.trim();
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ""}\r\n`,
  );
  response.detachSocket(socket);
  const opcode = version.since(28) ? Opcode.binary : Opcode.text;
  const input = payloads(socket, upgrade.head);
  const streams = {
    output: socketSink(socket, (chunk) => encodeFrame(opcode, chunk)),
    signal: closeSignal(socket),
    ...(wantsInput ? { input } : {}),
  };
  if (!wantsInput) void discard(input, socket);
  return { streams, finish: () => finish(socket) };
}

/** What the client sends as data; pings are answered, and a close frame ends it. */
async function* payloads(socket: Socket, head: Buffer): AsyncGenerator<Uint8Array> {
  for await (const { opcode, payload } of decodeFrames(incoming(socket, head))) {
    if (opcode === Opcode.close) {
      finish(socket);
      return;
    }
    if (opcode === Opcode.ping) socket.write(encodeFrame(Opcode.pong, payload));
    else if (opcode !== Opcode.pong && payload.length > 0) yield payload;
  }
}

async function discard(input: AsyncIterable<Uint8Array>, socket: Socket): Promise<void> {
  try {
    for await (const _ of input);
  } catch {
    // Bytes that are no frames: the connection is of no use any more, and nobody waits for its input.
    socket.destroy();
  }
}

const normalClosure = Buffer.from([1000 >> 8, 1000 & 0xff]);

function finish(socket: Socket): void {
  if (socket.destroyed || socket.writableEnded) return;
  socket.write(encodeFrame(Opcode.close, normalClosure));
  closeGently(socket);
}
