import { type Pointer, ptr } from "bun:ffi";
import { FRAME_HEADER_BYTES, putFrameHeader } from "../api/stdcopy.ts";
import { systemError } from "../errors/index.ts";
import { errno, errnoName, libc } from "../os/libc.ts";
import type { OutputSpool, OutputStream } from "./log/driver.ts";

/** The most one read takes from a pipe: about a millisecond of work to log it. */
const READ_BYTES = 262144;
const SLAB_BYTES = 1 << 20;

/** Slabs that wait to be used again: touching new memory costs as much as reading into it does. */
const MAX_SPARE = 8;

class Slab {
  /** Not zeroed: only what was read is ever looked at. */
  readonly bytes = new Uint8Array(Buffer.allocUnsafeSlow(SLAB_BYTES).buffer);
  readonly address = Number(ptr(this.bytes));
  used = 0;
  holders = 0;
}

/**
 * Where output is read to: one piece of memory for all containers. A read leaves room for a frame's header,
 * so that clients get it framed without a copy. What nobody keeps is overwritten by the next read.
 */
let current = new Slab();
const spare: Slab[] = [];

/** A frame just read: header and payload. */
export interface ReadFrame {
  readonly frame: Uint8Array;
  readonly payload: Uint8Array;
  /** Keeps its bytes from being overwritten, once for each call. */
  keep(): void;
  /** Undoes one `keep`. Without it the bytes stay as they are for as long as anybody has them. */
  release(): void;
}

/**
 * Reads what a non-blocking pipe holds, by way of `spool` if there is one; "empty" when that is nothing yet,
 * "ended" without writers.
 */
export function readFrame(
  fd: number,
  stream: OutputStream,
  spool: OutputSpool | undefined,
): ReadFrame | "empty" | "ended" {
  if (SLAB_BYTES - current.used < FRAME_HEADER_BYTES + READ_BYTES) {
    current = spare.pop() ?? new Slab();
    current.used = 0;
  }
  const slab = current;
  const start = slab.used;
  const payloadStart = start + FRAME_HEADER_BYTES;
  const address = slab.address + payloadStart;
  const count = spool
    ? spool.take(fd, address, READ_BYTES)
    : Number(libc.read(fd, address as Pointer, READ_BYTES));
  if (count === 0) return "ended";
  if (count < 0) return readFailure();
  putFrameHeader(slab.bytes, start, stream, count);
  const end = payloadStart + count;
  return {
    frame: slab.bytes.subarray(start, end),
    payload: slab.bytes.subarray(payloadStart, end),
    keep() {
      slab.holders++;
      slab.used = Math.max(slab.used, end);
    },
    release() {
      if (--slab.holders > 0) return;
      if (slab === current) slab.used = 0;
      else if (spare.length < MAX_SPARE) spare.push(slab);
    },
  };
}

function readFailure(): "empty" {
  const name = errnoName(errno());
  if (name === "EAGAIN" || name === "EINTR") return "empty";
  throw systemError(`read a container's output: ${name}`, { errno: name });
}
