import { readSync, writeSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";

const stdout = 1;
const capacity = 1 << 20;

/** Where an archive goes. */
export interface PackOutput {
  /** The bytes are the caller's again afterwards. */
  write(bytes: Uint8Array): void;
  /** Exactly `size` bytes of a file. */
  copyFile(fd: number, size: number): void;
  flush(): void;
}

/** Bytes behind one large buffer, handed on synchronously: to standard output, unless somebody else takes them. */
export class Output implements PackOutput {
  readonly #buffer = Buffer.allocUnsafe(capacity);
  #used = 0;

  /** What `take` gets is valid during the call. */
  constructor(private readonly take: (bytes: Uint8Array) => void = writeOut) {}

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#used === capacity) this.flush();
      const count = Math.min(bytes.length - at, capacity - this.#used);
      this.#buffer.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      at += count;
    }
  }

  /** Copies exactly `size` bytes of a file: one that shrinks meanwhile ends in zeros, as with GNU tar. */
  copyFile(fd: number, size: number): void {
    for (let left = size; left > 0; ) {
      if (this.#used === capacity) this.flush();
      const room = Math.min(left, capacity - this.#used);
      let count = readSync(fd, this.#buffer, this.#used, room, null);
      if (count === 0) {
        this.#buffer.fill(0, this.#used, this.#used + room);
        count = room;
      }
      this.#used += count;
      left -= count;
    }
  }

  flush(): void {
    this.take(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}

function writeOut(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(stdout, bytes, at, bytes.length - at);
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
      Bun.sleepSync(1);
    }
  }
}
