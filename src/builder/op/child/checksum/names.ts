import { type Pointer, ptr } from "bun:ffi";
import { check, libc } from "../../../../os/libc.ts";

const firstBytes = 1 << 15;
/** What getdents64(2) must have left to fill: at least one record of the longest name. */
const leastRoom = 1 << 12;

/**
 * The names of one directory, as the kernel has written them (getdents64(2)): to be read, sorted and asked for without
 * making a string or a buffer of each. Its memory is used again for the next directory.
 */
export class Names {
  bytes = new Uint8Array(firstBytes);
  #pointer = ptr(this.bytes);
  /** Where records' names begin, sorted by the names' bytes. */
  starts: number[] = [];

  read(directory: number): void {
    let used = 0;
    for (;;) {
      if (this.bytes.length - used < leastRoom) this.#grow();
      const count = Number(
        libc.getdents64(directory, (this.#pointer + used) as Pointer, this.bytes.length - used),
      );
      if (count < 0) check(count, "list a directory");
      if (count <= 0) break;
      used += count;
    }
    this.#take(used);
  }

  pointer(start: number): Pointer {
    return (this.#pointer + start) as Pointer;
  }

  /** DT_* of readdir(3). */
  type(start: number): number {
    return this.bytes[start - 1] as number;
  }

  /** Without the NUL at its end. */
  length(start: number): number {
    let end = start;
    while (this.bytes[end] !== 0) end++;
    return end - start;
  }

  /** With its NUL. */
  copy(start: number): Buffer {
    return Buffer.from(this.bytes.slice(start, start + this.length(start) + 1));
  }

  /** Records: inode, offset, length at 16, type at 18, name at 19. */
  #take(used: number): void {
    const { bytes } = this;
    const starts: number[] = [];
    for (let at = 0; at < used; at += (bytes[at + 16] as number) | ((bytes[at + 17] as number) << 8)) {
      const start = at + 19;
      if (bytes[start] === 0x2e) {
        if (bytes[start + 1] === 0) continue;
        if (bytes[start + 1] === 0x2e && bytes[start + 2] === 0) continue;
      }
      starts.push(start);
    }
    this.starts = starts.sort((a, b) => compare(bytes, a, b));
  }

  #grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
    this.#pointer = ptr(larger);
  }
}

function compare(bytes: Uint8Array, a: number, b: number): number {
  for (let i = 0; ; i++) {
    const one = bytes[a + i] as number;
    const difference = one - (bytes[b + i] as number);
    if (difference !== 0 || one === 0) return difference;
  }
}
