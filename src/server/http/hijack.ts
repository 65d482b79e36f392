import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { AttachStreams } from "../../engine/backend.ts";
import { invalid } from "../../errors/index.ts";
import type { Exchange } from "./exchange.ts";
import { commonHeaderLines } from "./headers.ts";
import { incoming } from "./incoming.ts";
import { socketSink } from "./sink.ts";

/** A connection taken out of HTTP. */
export interface HijackedConnection {
  streams: AttachStreams;
  /** Says that all was written: closes the connection once the client has it. */
  finish(): void;
}

/** A client that has all its output gets this long to close its side before the socket is taken from it. */
const LINGER_MS = 10_000;

/**
 * Answers 101 when the client asked to upgrade and a plain 200 without a length otherwise, then hands out the
 * connection. Input is what comes on it, or a body in chunks where the connection was left to the HTTP parser.
 * Throws `invalid` when the parser would take the input for another request.
 */
export function hijack(exchange: Exchange, contentType: string, wantsInput: boolean): HijackedConnection {
  const { request, response, upgrade } = exchange;
  const { socket } = response;
  const source = upgrade === undefined ? chunkedInput(request) : socket;
  if (socket === null || !source) throw invalid(pipelined);
  socket.write(
    exchange.upgrades
      ? `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${contentType}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${commonHeaderLines}\r\n`
      : `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\n${commonHeaderLines}\r\n`,
  );
  response.detachSocket(socket);
  if (!wantsInput) source.resume();
  const streams = {
    output: socketSink(socket),
    signal: closeSignal(socket),
    ...(wantsInput ? { input: incoming(source, upgrade?.head ?? Buffer.alloc(0)) } : {}),
  };
  return { streams, finish: () => closeGently(socket) };
}

const pipelined =
  "a request that takes its connection over cannot be sent before the previous one is answered: " +
  "wait for that answer, or use another connection";

/** A body that is still to be read: an exec's JSON has been, and is no input. */
function chunkedInput(request: IncomingMessage): IncomingMessage | undefined {
  return request.headers["transfer-encoding"] !== undefined && !request.readableEnded ? request : undefined;
}

/** Aborted when the connection is gone in both directions. */
export function closeSignal(socket: Socket): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  // A reset shows as an error first, and an error that nobody listens to would end the process.
  socket.on("error", abort);
  socket.on("close", abort);
  if (socket.destroyed) abort();
  return controller.signal;
}

/**
 * Ends the writing side and reads what still comes until the client closes too: closing a socket with unread
 * input resets it, and the client would lose the output that is on its way.
 */
export function closeGently(socket: Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  const close = () => {
    clearTimeout(timer);
    socket.destroy();
  };
  socket.end(() => {
    if (socket.readableEnded) close();
  });
  socket.on("end", () => {
    if (socket.writableFinished) close();
    else socket.once("finish", close);
  });
  socket.on("close", () => clearTimeout(timer));
  socket.resume();
}
