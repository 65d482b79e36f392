import { writeSync } from "node:fs";

const capacity = 1 << 20;

/** Writes a file from a position on, in large pieces; what is skipped is zeros. */
export class SequentialWriter {
  readonly #buffer = Buffer.alloc(capacity);
  #used = 0;

  constructor(
    private readonly fd: number,
    private position: number,
  ) {}

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#used === capacity) this.flush();
      const count = Math.min(bytes.length - at, capacity - this.#used);
      this.#buffer.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      at += count;
    }
  }

  /** Goes on at a later position of the file. */
  seek(position: number): void {
    for (let left = position - this.position - this.#used; left > 0; ) {
      if (this.#used === capacity) this.flush();
      const count = Math.min(left, capacity - this.#used);
      this.#buffer.fill(0, this.#used, this.#used + count);
      this.#used += count;
      left -= count;
    }
  }

  flush(): void {
    for (let at = 0; at < this.#used; )
      at += writeSync(this.fd, this.#buffer, at, this.#used - at, this.position + at);
    this.position += this.#used;
    this.#used = 0;
  }
}
