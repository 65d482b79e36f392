import { readSync, writeSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";

const stdout = 1;
const capacity = 1 << 20;

/** Standard output behind one large buffer, written synchronously. */
export class Output {
  readonly #buffer = Buffer.allocUnsafe(capacity);
  #used = 0;

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
    for (let at = 0; at < this.#used; ) {
      try {
        at += writeSync(stdout, this.#buffer, at, this.#used - at);
      } catch (error) {
        if (errnoOf(error) !== "EAGAIN") throw error;
        Bun.sleepSync(1);
      }
    }
    this.#used = 0;
  }
}
