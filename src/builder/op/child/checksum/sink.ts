const bufferWords = 1 << 14;
/** Room for a record besides its name. */
const recordWords = 32;

/** Words of 32 bits on their way into a hash. Bytes are padded to words and say their length. */
export class Sink {
  readonly #hasher = new Bun.CryptoHasher("sha256");
  readonly #words = new Uint32Array(bufferWords);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  #used = 0;

  number(value: number): void {
    if (this.#used + recordWords > bufferWords) this.#flush();
    this.#words[this.#used++] = value;
  }

  /** Eight words, from a place in others. */
  digest(words: Uint32Array, at: number): void {
    if (this.#used + recordWords > bufferWords) this.#flush();
    for (let i = 0; i < 8; i++) this.#words[this.#used + i] = words[at + i] as number;
    this.#used += 8;
  }

  bytes(bytes: Uint8Array, start = 0, length = bytes.length): void {
    const words = (length + 3) >>> 2;
    if (words > bufferWords - recordWords) {
      this.#large(bytes.subarray(start, start + length));
      return;
    }
    if (this.#used + words + recordWords > bufferWords) this.#flush();
    this.#words[this.#used++] = length;
    if (words > 0) this.#words[this.#used + words - 1] = 0;
    const at = this.#used * 4;
    for (let i = 0; i < length; i++) this.#bytes[at + i] = bytes[start + i] as number;
    this.#used += words;
  }

  finish(): string {
    this.#flush();
    return this.#hasher.digest("hex");
  }

  #large(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.#flush();
    this.#hasher.update(bytes);
  }

  #flush(): void {
    this.#hasher.update(this.#bytes.subarray(0, this.#used * 4));
    this.#used = 0;
  }
}
