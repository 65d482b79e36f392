import { writeSync } from "node:fs";
import { blockBits, blockSize, noBlock } from "./format.ts";

/** Holes smaller than a page are worth nothing, and so many chunks are enough for the others. */
const minChunkBits = 12;
const maxChunksBits = 16;

/** A file with holes, in chunks of one size: those that hold anything are in the image itself. */
export class SparseContent {
  readonly chunkBits: number;
  /** The first block of each chunk, or `noBlock`. */
  readonly blocks: Uint32Array;

  constructor(size: number) {
    this.chunkBits = Math.max(minChunkBits, Math.ceil(Math.log2(size)) - maxChunksBits);
    this.blocks = new Uint32Array(Math.ceil(size / 2 ** this.chunkBits)).fill(noBlock);
  }
}

/** The part of an image's file that holds the data of files with holes; it has holes where they have. */
export class DataArea {
  constructor(
    private readonly fd: number,
    /** The block behind what was written. */
    public end: number,
  ) {}

  write({ chunkBits, blocks }: SparseContent, chunk: Uint8Array, offset: number): void {
    const chunkSize = 2 ** chunkBits;
    for (let at = 0; at < chunk.length; ) {
      const index = Math.floor((offset + at) / chunkSize);
      const within = (offset + at) % chunkSize;
      const count = Math.min(chunk.length - at, chunkSize - within);
      if (blocks[index] === noBlock) {
        blocks[index] = this.end;
        this.end += 2 ** (chunkBits - blockBits);
      }
      const position = (blocks[index] as number) * blockSize + within;
      for (let done = 0; done < count; )
        done += writeSync(this.fd, chunk, at + done, count - done, position + done);
      at += count;
    }
  }
}
