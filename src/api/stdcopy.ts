/*
 * The framing of attach, logs and exec without a TTY (Docker's "stdcopy"): before each piece of output stand
 * eight bytes: the stream, three zeros, and the piece's length as a big-endian 32-bit number.
 */
import { systemError } from "../errors/index.ts";

/** The streams a frame can carry; `system` holds an error message of the engine. */
export const StdStream = { stdin: 0, stdout: 1, stderr: 2, system: 3 } as const;
export type StdStream = (typeof StdStream)[keyof typeof StdStream];

export const FRAME_HEADER_BYTES = 8;

/** Writes a frame's header at `offset` of `target`. */
export function putFrameHeader(target: Uint8Array, offset: number, stream: StdStream, length: number): void {
  target[offset] = stream;
  target[offset + 1] = 0;
  target[offset + 2] = 0;
  target[offset + 3] = 0;
  target[offset + 4] = length >>> 24;
  target[offset + 5] = length >>> 16;
  target[offset + 6] = length >>> 8;
  target[offset + 7] = length;
}

/** A frame with a copy of `payload`. For big payloads read them to where `putFrameHeader` left room instead. */
export function encodeFrame(stream: StdStream, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  putFrameHeader(frame, 0, stream, payload.length);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/**
 * Takes a multiplexed stream apart. Frames may be cut anywhere; a payload is handed on as it arrives, in
 * subarrays of the chunks pushed, so nothing is copied or held back.
 */
export class StdcopyDecoder {
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  readonly #output: (stream: StdStream, piece: Uint8Array) => void;
  #headerFilled = 0;
  #payloadLeft = 0;

  constructor(output: (stream: StdStream, piece: Uint8Array) => void) {
    this.#output = output;
  }

  /** Throws `system` when the bytes are not a multiplexed stream. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      at += this.#payloadLeft > 0 ? this.#takePayload(chunk, at) : this.#takeHeader(chunk, at);
    }
  }

  /** Whether the stream may end here: between two frames. */
  get complete(): boolean {
    return this.#headerFilled === 0 && this.#payloadLeft === 0;
  }

  #takePayload(chunk: Uint8Array, at: number): number {
    const piece = chunk.subarray(at, at + this.#payloadLeft);
    this.#payloadLeft -= piece.length;
    this.#output(this.#header[0] as StdStream, piece);
    return piece.length;
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const header = this.#header;
    const first = this.#headerFilled;
    const length = Math.min(FRAME_HEADER_BYTES - first, chunk.length - at);
    for (let i = 0; i < length; i++) header[first + i] = chunk[at + i]!;
    this.#headerFilled += length;
    if (this.#headerFilled < FRAME_HEADER_BYTES) return length;
    if (header[0]! > StdStream.system || header[1] !== 0 || header[2] !== 0 || header[3] !== 0) {
      throw systemError("the engine's answer is not a multiplexed stream; is there a TTY on only one side?");
    }
    this.#payloadLeft = ((header[4]! << 24) | (header[5]! << 16) | (header[6]! << 8) | header[7]!) >>> 0;
    this.#headerFilled = 0;
    return length;
  }
}
