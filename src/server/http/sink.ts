import type { Writable } from "node:stream";
import type { Sink } from "../../engine/backend.ts";
import { drained } from "./stream.ts";

/** A socket as a Sink. Once it is closed it takes everything and keeps nothing. */
export function socketSink(
  socket: Writable,
  encode: (chunk: Uint8Array) => Uint8Array = (chunk) => chunk,
): Sink {
  return {
    write: (chunk) => socket.destroyed || socket.write(encode(chunk)),
    drained: () => drained(socket),
    empty: () => socket.writableLength === 0,
  };
}
