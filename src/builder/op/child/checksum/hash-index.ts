import { statSync } from "node:fs";
import { replaceDurably } from "../../../../os/durable.ts";

/** Words of 32 bits: of a key, of a digest, of both together. */
const keyWords = 12;
const digestWords = 8;
const recordWords = keyWords + digestWords;
/** In the file: what it is, number of records, two words that are not used. */
const headWords = 4;
const magic = 0x32584953;
/** Records for which there is room at first, and slots. */
const smallest = 1 << 10;
/** So many slots a record at least. */
const sparse = 2;
/** Records of files that were not met go once there are so many times as many as of those that were. */
const staleFactor = 4;

/**
 * Where in a struct statx (statx(2)) the words of a key are: inode, size, times of the last change and modification,
 * device. A file whose content changed differs in one of them.
 */
const statWords = [8, 9, 10, 11, 24, 25, 26, 28, 29, 30, 34, 35] as const;

/**
 * Digests of files by what the kernel says of these, in the order in which the files were met: the next one is most often
 * behind the last one, so that a tree that did not change is compared with the table from its beginning to its end. Where
 * that fails, a hash table is made of it. Whatever is wrong with the file, it is a new one then.
 */
export class HashIndex {
  #words: Uint32Array;
  #count: number;
  /** Of the records that are met in a row, the first, and the one that is to be met next. */
  #first = 0;
  #next = 0;
  /** Rows of records that were met before: the first, and the one behind the last. */
  readonly #rows: [number, number][] = [];
  /** By slot: a record's number and one, 0 where there is none. Open addressing. */
  #slots: Uint32Array | undefined;
  #changed = false;

  constructor(private readonly path: string) {
    this.#words = read(path) ?? new Uint32Array(headWords + smallest * recordWords);
    this.#count = this.#words[1] as number;
  }

  /** Where among the words the digest is that a file had when the kernel said the same of it; -1 when it is not known. */
  find(stat: Uint32Array): number {
    const known = this.#next < this.#count && this.#isAt(this.#next, stat);
    if (!known && !this.#goTo(this.#look(stat))) return -1;
    return headWords + this.#next++ * recordWords + keyWords;
  }

  /** The table itself. */
  get words(): Uint32Array {
    return this.#words;
  }

  add(stat: Uint32Array, digest: Uint32Array): void {
    const known = this.#look(stat);
    const record = known < 0 ? this.#append(stat) : known;
    this.#words.set(digest, headWords + record * recordWords + keyWords);
    this.#goTo(record);
    this.#next++;
    this.#changed = true;
  }

  /** Writes it if something is new: after a crash there is the old one or the new one. */
  save(): void {
    if (!this.#changed) return;
    replaceDurably(this.path, new Uint8Array(this.#ordered().buffer));
  }

  /** What was met in its order, then the rest, unless there is too much of it. */
  #ordered(): Uint32Array {
    const records = this.#inOrder();
    const met = new Set(records);
    if (this.#count <= smallest || this.#count <= records.length * staleFactor)
      for (let record = 0; record < this.#count; record++) if (!met.has(record)) records.push(record);
    const words = new Uint32Array(headWords + records.length * recordWords);
    words[0] = magic;
    words[1] = records.length;
    for (const [to, from] of records.entries()) {
      const at = headWords + from * recordWords;
      words.set(this.#words.subarray(at, at + recordWords), headWords + to * recordWords);
    }
    return words;
  }

  #inOrder(): number[] {
    const met = new Set<number>();
    for (const [first, end] of [...this.#rows, [this.#first, this.#next] as const])
      for (let record = first; record < end; record++) met.add(record);
    return [...met];
  }

  /** Begins another row, unless the record is the next one anyway. False for none. */
  #goTo(record: number): boolean {
    if (record < 0) return false;
    if (record === this.#next) return true;
    if (this.#next > this.#first) this.#rows.push([this.#first, this.#next]);
    this.#first = record;
    this.#next = record;
    return true;
  }

  #append(stat: Uint32Array): number {
    const record = this.#count++;
    const at = headWords + record * recordWords;
    if (at + recordWords > this.#words.length) this.#words = larger(this.#words, at + recordWords);
    for (let i = 0; i < keyWords; i++) this.#words[at + i] = stat[statWords[i] as number] as number;
    if (this.#slots !== undefined && this.#count * sparse <= this.#slots.length)
      this.#enter(record, this.#slots);
    else this.#slots = undefined;
    return record;
  }

  /** A record's number by the hash table; -1 when there is none. */
  #look(stat: Uint32Array): number {
    this.#slots ??= this.#hashed();
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(stat[8] as number, stat[10] as number) & mask; ; slot = (slot + 1) & mask) {
      const record = (this.#slots[slot] as number) - 1;
      if (record < 0 || this.#isAt(record, stat)) return record;
    }
  }

  #hashed(): Uint32Array {
    let length = smallest * sparse;
    while (length < this.#count * sparse * 2) length *= 2;
    const slots = new Uint32Array(length);
    for (let record = 0; record < this.#count; record++) this.#enter(record, slots);
    return slots;
  }

  #enter(record: number, slots: Uint32Array): void {
    const at = headWords + record * recordWords;
    const mask = slots.length - 1;
    let slot = hashOf(this.#words[at] as number, this.#words[at + 2] as number) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = record + 1;
  }

  #isAt(record: number, stat: Uint32Array): boolean {
    const at = headWords + record * recordWords;
    const words = this.#words;
    // As `statWords` has them. This is done once for each file, most often before the loop would be compiled.
    return (
      words[at] === stat[8] &&
      words[at + 1] === stat[9] &&
      words[at + 2] === stat[10] &&
      words[at + 3] === stat[11] &&
      words[at + 4] === stat[24] &&
      words[at + 5] === stat[25] &&
      words[at + 6] === stat[26] &&
      words[at + 7] === stat[28] &&
      words[at + 8] === stat[29] &&
      words[at + 9] === stat[30] &&
      words[at + 10] === stat[34] &&
      words[at + 11] === stat[35]
    );
  }
}

/** Of the low words of inode and size. */
function hashOf(inode: number, size: number): number {
  const hash = Math.imul(inode ^ (size << 7), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

function larger(old: Uint32Array, least: number): Uint32Array {
  const made = new Uint32Array(Math.max(old.length * 2, least));
  made.set(old);
  return made;
}

/**
 * Undefined for what is no table: there is none, or it is of another version. It is mapped, not read: memory that is touched
 * first costs more than what is done with it. What is written to it stays with this process; the file is only replaced.
 */
function read(path: string): Uint32Array | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const count = (size / 4 - headWords) / recordWords;
  if (!Number.isInteger(count) || count < 0) return undefined;
  const words = new Uint32Array(Bun.mmap(path, { shared: false }).buffer, 0, size / 4);
  return words[0] === magic && words[1] === count ? words : undefined;
}
