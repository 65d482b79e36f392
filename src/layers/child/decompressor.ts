import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { invalid } from "../../errors/index.ts";

/** What node:zlib's streams are made of, and its synchronous calls use (Node's lib/zlib.js, processChunkSync). */
interface Machine {
  readonly _handle: {
    onerror: (message: string, errno: number, code: string) => void;
    writeSync(
      flush: number,
      input: Uint8Array,
      inputOffset: number,
      inputLength: number,
      output: Uint8Array,
      outputOffset: number,
      outputLength: number,
    ): void;
    close(): void;
  };
  /** Room left in the output, and bytes left of the input, after a write. */
  readonly _writeState: Uint32Array;
}

/** Little enough to stay in a core's cache until it is consumed. */
const outputBytes = 1 << 17;
const nothing = new Uint8Array(0);

/**
 * Decompresses into memory that is used again, on the calling thread. The streams of node:zlib take fresh memory for every
 * piece, which costs the kernel more than decompressing does: several times as much CPU in all.
 */
export class Decompressor {
  readonly #machine: Machine;
  readonly #end: number;
  readonly #output = new Uint8Array(outputBytes);
  #failure: string | undefined;

  /** `consume` gets the uncompressed bytes, which are valid during the call. */
  constructor(
    compression: "gzip" | "zstd",
    private readonly consume: (chunk: Uint8Array) => void,
  ) {
    const isGzip = compression === "gzip";
    this.#machine = (isGzip ? createGunzip() : createZstdDecompress()) as unknown as Machine;
    this.#end = isGzip ? constants.Z_FINISH : constants.ZSTD_e_end;
    this.#machine._handle.onerror = (_message, _errno, code) => {
      this.#failure = code;
    };
  }

  /** `invalid` when the compression is damaged. What follows its end is ignored, as gzip does. */
  write(chunk: Uint8Array): void {
    // Both kinds have 0 for "go on".
    this.#run(constants.Z_NO_FLUSH, chunk);
  }

  /** To be called after the last byte; `invalid` when bytes are missing. */
  finish(): void {
    this.#run(this.#end, nothing);
    this.#machine._handle.close();
  }

  #run(flush: number, chunk: Uint8Array): void {
    const { _handle: handle, _writeState: state } = this.#machine;
    let left = chunk.length;
    for (;;) {
      handle.writeSync(flush, chunk, chunk.length - left, left, this.#output, 0, outputBytes);
      if (this.#failure !== undefined) {
        throw invalid(`the archive's compression is damaged or truncated (${this.#failure})`);
      }
      const [room = 0, rest = 0] = state;
      if (room < outputBytes) this.consume(this.#output.subarray(0, outputBytes - room));
      const isStuck = rest === left && room === outputBytes;
      left = rest;
      // A full output may hide more of it.
      if (isStuck || (left === 0 && room > 0)) return;
    }
  }
}
