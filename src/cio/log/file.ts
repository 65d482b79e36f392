import { closeSync, constants, fstatSync, ftruncateSync, openSync, rmSync, write } from "node:fs";
import { asSlipwayError, errnoOf, messageOf } from "../../errors/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { LogPosition, OutputStream } from "./driver.ts";
import type { Rotation } from "./options.ts";
import { closeGaps, compressRotated, pathOfAge, shiftFiles } from "./rotation.ts";

const O_CLOEXEC = 0o2000000;
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | O_CLOEXEC;

/** Up to where a stream is in the log once some records are. */
export interface Progress {
  readonly stream: OutputStream;
  readonly logged: number;
}

/**
 * The file being written of a log, and its rotation. Writes are done in order, in the thread pool: a write
 * can wait for the disk, the event loop cannot. Each is entered in the checkpoint before the next begins.
 */
export class LogFile {
  readonly #checkpoint: Checkpoint;
  #fd: number;
  #inode: number;
  #queue: Promise<void> = Promise.resolve();
  #planned: { generation: number; offset: number };
  #written: { generation: number; offset: number };
  #changed = Promise.withResolvers<void>();
  #compressing: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * What an existing file has beyond the checkpoint is cut off; without one, what follows the last complete
   * record, which `soundEnd` finds.
   */
  constructor(
    readonly path: string,
    readonly rotation: Rotation,
    checkpoint: Checkpoint,
    soundEnd: (fd: number, size: number) => number,
  ) {
    closeGaps(path, rotation.maxFiles);
    this.#checkpoint = checkpoint;
    this.#fd = openSync(path, FLAGS, 0o640);
    const { ino, size } = fstatSync(this.#fd);
    const { found } = checkpoint;
    const known = found?.inode === ino && found.size <= size;
    const end = known ? found.size : soundEnd(this.#fd, size);
    if (end < size) ftruncateSync(this.#fd, end);
    this.#inode = ino;
    checkpoint.save({ inode: ino, size: end });
    this.#planned = { generation: 0, offset: end };
    this.#written = { generation: 0, offset: end };
  }

  /** Where the next record goes once everything queued is written. */
  get planned(): LogPosition {
    return { ...this.#planned };
  }

  /** The end of what readers may read. */
  get written(): LogPosition {
    return { ...this.#written };
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes left before the file is full; never less than 1, so that there is progress. */
  get room(): number {
    const left = this.rotation.maxSize - this.#planned.offset;
    return left > 0 ? left : this.rotation.maxSize;
  }

  /** Resolves at the next change of `written` or `closed`. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Adds whole records, in a new file if the current one is full. `bytes` must not change until then. */
  append(bytes: Uint8Array, progress: Progress): Promise<void> {
    if (this.#planned.offset >= this.rotation.maxSize) {
      this.#planned = { generation: this.#planned.generation + 1, offset: 0 };
      this.#queue = this.#queue.then(() => this.#rotate());
    }
    this.#planned.offset += bytes.length;
    const result = this.#queue.then(() => this.#write(bytes, progress));
    this.#queue = result.catch(() => this.#drop(bytes.length));
    return result;
  }

  async close(): Promise<void> {
    await this.#queue;
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
    this.#notify();
  }

  async #write(bytes: Uint8Array, { stream, logged }: Progress): Promise<void> {
    for (let done = 0; done < bytes.length; ) done += await writeSome(this.#fd, bytes, done);
    this.#written.offset += bytes.length;
    this.#checkpoint.logged[stream] = logged;
    this.#save();
    this.#notify();
  }

  #save(): void {
    this.#checkpoint.save({ inode: this.#inode, size: this.#written.offset });
  }

  /** After a failed write: readers must not meet half a record. */
  #drop(bytes: number): void {
    ftruncateSync(this.#fd, this.#written.offset);
    if (this.#planned.generation === this.#written.generation) this.#planned.offset -= bytes;
  }

  #rotate(): void {
    const { maxFiles, compress } = this.rotation;
    if (maxFiles === 1) {
      // A new file rather than truncation: a reader that is in the old one can finish it.
      rmSync(this.path, { force: true });
    } else {
      shiftFiles(this.path, maxFiles);
    }
    const fd = openSync(this.path, FLAGS, 0o640);
    closeSync(this.#fd);
    this.#fd = fd;
    this.#inode = fstatSync(fd).ino;
    const rotated = this.#written.generation;
    this.#written = { generation: rotated + 1, offset: 0 };
    this.#save();
    if (compress) this.#compress(rotated);
    this.#notify();
  }

  #compress(generation: number): void {
    const path = (): string | undefined => {
      const age = this.#written.generation - generation;
      return age < this.rotation.maxFiles ? pathOfAge(this.path, age) : undefined;
    };
    const compress = () => compressRotated(path);
    this.#compressing = this.#compressing.then(compress).catch((error: unknown) => {
      // The log was removed meanwhile. Otherwise: an uncompressed file is as good, so the log goes on.
      if (errnoOf(error) === "ENOENT") return;
      process.emitWarning(`compress the log ${this.path}: ${messageOf(error)}`);
    });
  }

  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }
}

function writeSome(fd: number, bytes: Uint8Array, from: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  write(fd, bytes, from, bytes.length - from, null, (error, written) => {
    if (error) reject(asSlipwayError(error));
    else resolve(written);
  });
  return promise;
}
