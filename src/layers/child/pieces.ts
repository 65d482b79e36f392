import { readSync, writeSync } from "node:fs";

const stdin = 0;
const stdout = 1;
const capacity = 1 << 20;

/**
 * Standard input, a pipe that blocks, in pieces of one buffer: each is valid until the next. For a child that does
 * nothing else, this costs a fraction of what a stream does.
 */
export function* readPieces(): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(capacity);
  for (;;) {
    const count = readSync(stdin, buffer, 0, capacity, null);
    if (count === 0) return;
    yield buffer.subarray(0, count);
  }
}

/** Writes pieces to standard output, a pipe that blocks. */
export function writePieces(pieces: Iterable<Uint8Array>): void {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) at += writeSync(stdout, piece, at, piece.length - at);
  }
}
