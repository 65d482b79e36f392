import type { Socket } from "node:net";
import type { AttachStreams } from "../../engine/backend.ts";
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
 * connection. Input is what comes on it; where the HTTP parser still has it (an attach with a body), input is
 * the request's body.
 */
export function hijack(exchange: Exchange, contentType: string, wantsInput: boolean): HijackedConnection {
  const { request, response, upgrade } = exchange;
  const socket = response.socket!;
  socket.write(
    exchange.upgrades
      ? `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${contentType}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${commonHeaderLines}\r\n`
      : `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\n${commonHeaderLines}\r\n`,
  );
  response.detachSocket(socket);
  const source = upgrade === undefined ? request : socket;
  if (!wantsInput) source.resume();
  const streams = {
    output: socketSink(socket),
    signal: closeSignal(socket),
    ...(wantsInput ? { input: incoming(source, upgrade?.head ?? Buffer.alloc(0)) } : {}),
  };
  return { streams, finish: () => closeGently(socket) };
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
