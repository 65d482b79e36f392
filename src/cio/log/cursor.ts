import { closeSync, constants, createReadStream, openSync, read } from "node:fs";
import { createGunzip } from "node:zlib";
import { asSlipwayError } from "../../errors/index.ts";
import { ifThere } from "../../os/if-there.ts";
import type { LogPosition } from "./driver.ts";
import { pathOfAge } from "./rotation.ts";

const BLOCK_BYTES = 262144;
const O_CLOEXEC = 0o2000000;

/** The files of one log, as far as they may be read. */
export interface LogFiles {
  readonly path: string;
  /** The end of the complete records now; its generation is that of the file at `path`. */
  end(): LogPosition;
}

/** A sequence of blocks of one file; reads into `target` and answers the number of bytes, 0 at the end. */
interface Source {
  read(target: Uint8Array): Promise<number>;
  close(): void;
}

/** Goes through a log's files from old to new, across rotation, a block of bytes at a time. */
export class LogCursor implements LogPosition {
  /** Unread bytes are `block[start..end)`; the reader advances `start` over whole records. */
  block: Uint8Array = new Uint8Array(BLOCK_BYTES);
  start = 0;
  end = 0;
  /** The file that `block` is from. */
  generation: number;
  readonly #files: LogFiles;
  /** Where `block[end]` is in its file. */
  #offset: number;
  #source: Source | undefined;
  /** Later files that are open already, by generation. */
  readonly #held = new Map<number, Source>();

  constructor(files: LogFiles, from: LogPosition) {
    this.#files = files;
    this.generation = from.generation;
    this.#offset = from.offset;
  }

  /** Where `block[start]` is in its file. */
  get offset(): number {
    return this.#offset - (this.end - this.start);
  }

  get position(): LogPosition {
    return { generation: this.generation, offset: this.offset };
  }

  /** Reads more, not beyond `limit`; false when there is no more. What was unread stays in the block. */
  async fill(limit: LogPosition): Promise<boolean> {
    this.#makeRoom();
    for (;;) {
      const last = this.generation >= limit.generation;
      this.#source ??= this.#open(this.generation, this.#offset);
      const room = this.block.length - this.end;
      const length = last ? Math.min(room, limit.offset - this.#offset) : room;
      const count =
        this.#source && length > 0
          ? await this.#source.read(this.block.subarray(this.end, this.end + length))
          : 0;
      this.end += count;
      this.#offset += count;
      if (count > 0) return true;
      if (last) return false;
      this.#nextFile();
    }
  }

  /** Opens all files from the cursor on, so that their removal does not matter. */
  hold(): void {
    this.#source ??= this.#open(this.generation, this.#offset);
    for (let generation = this.generation + 1; generation <= this.#files.end().generation; generation++) {
      const source = this.#open(generation, 0);
      if (source) this.#held.set(generation, source);
    }
  }

  close(): void {
    this.#closeFile();
    for (const source of this.#held.values()) source.close();
    this.#held.clear();
  }

  #closeFile(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #makeRoom(): void {
    if (this.start > 0) this.block.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
    if (this.end < this.block.length) return;
    const bigger = new Uint8Array(this.block.length * 2);
    bigger.set(this.block);
    this.block = bigger;
  }

  /** What is left of a file at its end is a record torn by a crash. */
  #nextFile(): void {
    this.#closeFile();
    this.generation++;
    this.#offset = 0;
    this.start = 0;
    this.end = 0;
  }

  /** Undefined when rotation has removed the file. */
  #open(generation: number, offset: number): Source | undefined {
    const held = this.#held.get(generation);
    this.#held.delete(generation);
    if (held) return held;
    const path = pathOfAge(this.#files.path, this.#files.end().generation - generation);
    // Compression renames in between: a file missing under both names has just got its second one.
    for (const candidate of [path, `${path}.gz`]) {
      const fd = openIfThere(candidate);
      if (fd === undefined) continue;
      return candidate === path ? plainSource(fd, offset) : gzipSource(fd, offset);
    }
    return undefined;
  }
}

/** Undefined when there is no such file. */
export function openIfThere(path: string): number | undefined {
  return ifThere(() => openSync(path, constants.O_RDONLY | O_CLOEXEC));
}

/** Reads at an offset in the thread pool. */
export function readAt(fd: number, target: Uint8Array, offset: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  read(fd, target, 0, target.length, offset, (error, count) => {
    if (error) reject(asSlipwayError(error));
    else resolve(count);
  });
  return promise;
}

function plainSource(fd: number, from: number): Source {
  let offset = from;
  return {
    async read(target) {
      const count = await readAt(fd, target, offset);
      offset += count;
      return count;
    },
    close: () => closeSync(fd),
  };
}

function gzipSource(fd: number, from: number): Source {
  const input = createReadStream("", { fd, autoClose: true });
  const output = createGunzip();
  input.on("error", (error) => output.destroy(error));
  input.pipe(output);
  const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  let chunk: Uint8Array = new Uint8Array();
  let skip = from;
  return {
    async read(target) {
      while (chunk.length === 0) {
        const { value } = await chunks.next();
        if (value === undefined) return 0;
        chunk = value.subarray(Math.min(skip, value.length));
        skip -= value.length - chunk.length;
      }
      const count = Math.min(chunk.length, target.length);
      target.set(chunk.subarray(0, count));
      chunk = chunk.subarray(count);
      return count;
    },
    close() {
      output.destroy();
      input.destroy();
    },
  };
}
