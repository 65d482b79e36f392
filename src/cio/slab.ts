import { type Pointer, ptr } from "bun:ffi";
import { FRAME_HEADER_BYTES, putFrameHeader } from "../api/stdcopy.ts";
import { systemError } from "../errors/index.ts";
import { errno, errnoName, libc } from "../os/libc.ts";
import type { OutputSpool, OutputStream } from "./log/driver.ts";

/** The most one read takes from a pipe: about a millisecond of work to log it. */
const READ_BYTES = 262144;
const SLAB_BYTES = 1 << 20;

/**
 * Where output is read to: one piece of memory for all containers. A read leaves room for a frame's header,
 * so that clients get it framed without a copy. What nobody keeps is overwritten by the next read.
 */
let slab = newSlab();
let slabAddress = Number(ptr(slab));
let used = 0;

/** A frame just read: header and payload. */
export interface ReadFrame {
  readonly frame: Uint8Array;
  readonly payload: Uint8Array;
  /** Keeps its bytes from being overwritten. */
  keep(): void;
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
  if (SLAB_BYTES - used < FRAME_HEADER_BYTES + READ_BYTES) {
    slab = newSlab();
    slabAddress = Number(ptr(slab));
    used = 0;
  }
  const start = used;
  const payloadStart = start + FRAME_HEADER_BYTES;
  const address = slabAddress + payloadStart;
  const count = spool
    ? spool.take(fd, address, READ_BYTES)
    : Number(libc.read(fd, address as Pointer, READ_BYTES));
  if (count === 0) return "ended";
  if (count < 0) return readFailure();
  putFrameHeader(slab, start, stream, count);
  const end = payloadStart + count;
  return {
    frame: slab.subarray(start, end),
    payload: slab.subarray(payloadStart, end),
    keep() {
      used = end;
    },
  };
}

/** Not zeroed: only what was read is ever looked at. */
function newSlab(): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(SLAB_BYTES).buffer);
}

function readFailure(): "empty" {
  const name = errnoName(errno());
  if (name === "EAGAIN" || name === "EINTR") return "empty";
  throw systemError(`read a container's output: ${name}`, { errno: name });
}
