import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { errnoOf } from "../../../../errors/index.ts";

/** Words of 32 bits: of a key, of a digest, of both together. */
const keyWords = 12;
const digestWords = 8;
const recordWords = keyWords + digestWords;
/** In the file: what it is, number of records, two words that are not used. */
const headWords = 4;
const magic = 0x31584953;
const smallest = 1 << 10;
const fullest = 0.8;
/** Records of files that were not met go once there are so many times as many as of those that were. */
const staleFactor = 4;

/**
 * Where in a struct statx (statx(2)) the words of a key are: inode, size, times of the last change and modification,
 * device. A file whose content changed differs in one of them.
 */
const statWords = [8, 9, 10, 11, 24, 25, 26, 28, 29, 30, 34, 35] as const;

/**
 * Digests of files by what the kernel says of these: a hash table with open addressing that is used as it lies in its
 * file. A record of zeros is a free place. Whatever is wrong with the file, it is a new one then.
 */
export class HashIndex {
  #words: Uint32Array;
  #capacity: number;
  #count: number;
  #met: Uint8Array;
  #metCount = 0;
  #changed = false;
  readonly #key = new Uint32Array(keyWords);

  constructor(private readonly path: string) {
    const words = read(path);
    this.#words = words ?? emptyTable(smallest);
    this.#capacity = (this.#words.length - headWords) / recordWords;
    this.#count = this.#words[1] ?? 0;
    this.#met = new Uint8Array(this.#capacity);
  }

  /** Where among the words the digest is that a file had when the kernel said the same of it; -1 when it is not known. */
  find(stat: Uint32Array): number {
    const slot = this.#slot(stat);
    const at = headWords + slot * recordWords;
    if (this.#isFree(at)) return -1;
    if (this.#met[slot] === 0) {
      this.#met[slot] = 1;
      this.#metCount++;
    }
    return at + keyWords;
  }

  /** The table itself. */
  get words(): Uint32Array {
    return this.#words;
  }

  add(stat: Uint32Array, digest: Uint32Array): void {
    if (this.#count + 1 > this.#capacity * fullest) this.#grow();
    const slot = this.#slot(stat);
    const at = headWords + slot * recordWords;
    if (this.#isFree(at)) this.#count++;
    this.#words.set(this.#key, at);
    this.#words.set(digest, at + keyWords);
    if (this.#met[slot] === 0) this.#metCount++;
    this.#met[slot] = 1;
    this.#changed = true;
  }

  /** Writes it if something is new: after a crash there is the old one or the new one. */
  save(): void {
    if (!this.#changed) return;
    if (this.#count > smallest && this.#count > this.#metCount * staleFactor)
      this.#rebuild(this.#capacity, true);
    this.#words[0] = magic;
    this.#words[1] = this.#count;
    const temporary = `${this.path}.${process.pid}`;
    const fd = openSync(temporary, "w", 0o600);
    try {
      const bytes = new Uint8Array(this.#words.buffer);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, this.path);
  }

  /** Where a key is, or would be; it stays in `#key`. */
  #slot(stat: Uint32Array): number {
    const key = this.#key;
    for (let i = 0; i < keyWords; i++) key[i] = stat[statWords[i] as number] as number;
    return this.#slotOf(key);
  }

  #slotOf(key: Uint32Array): number {
    const mask = this.#capacity - 1;
    let hash = Math.imul((key[0] as number) ^ ((key[2] as number) << 7), 0x9e3779b1);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = headWords + slot * recordWords;
      if (this.#isFree(at) || this.#isAt(at, key)) return slot;
    }
  }

  #isFree(at: number): boolean {
    return this.#words[at] === 0 && this.#words[at + 1] === 0;
  }

  #isAt(at: number, key: Uint32Array): boolean {
    for (let i = 0; i < keyWords; i++) if (this.#words[at + i] !== key[i]) return false;
    return true;
  }

  #grow(): void {
    const key = this.#key.slice();
    this.#rebuild(this.#capacity * 2, false);
    this.#key.set(key);
  }

  #rebuild(capacity: number, onlyMet: boolean): void {
    const [old, met, size] = [this.#words, this.#met, this.#capacity];
    this.#words = emptyTable(capacity);
    this.#capacity = capacity;
    this.#met = new Uint8Array(capacity);
    this.#count = 0;
    for (let from = 0; from < size; from++) {
      const at = headWords + from * recordWords;
      if ((old[at] === 0 && old[at + 1] === 0) || (onlyMet && met[from] === 0)) continue;
      const record = old.subarray(at, at + recordWords);
      const slot = this.#slotOf(record);
      this.#words.set(record, headWords + slot * recordWords);
      this.#met[slot] = met[from] as number;
      this.#count++;
    }
  }
}

const emptyTable = (capacity: number): Uint32Array => new Uint32Array(headWords + capacity * recordWords);

/** Undefined for what is no table: there is none, or it is of another version. */
function read(path: string): Uint32Array | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const capacity = (size / 4 - headWords) / recordWords;
    if (!Number.isInteger(capacity) || capacity < smallest || (capacity & (capacity - 1)) !== 0)
      return undefined;
    const words = new Uint32Array(size / 4);
    const bytes = new Uint8Array(words.buffer);
    for (let at = 0; at < size; ) {
      const count = readSync(fd, bytes, at, size - at, at);
      if (count === 0) return undefined;
      at += count;
    }
    return words[0] === magic && (words[1] ?? 0) <= capacity * fullest + 1 ? words : undefined;
  } finally {
    closeSync(fd);
  }
}
