import { type Pointer, ptr } from "bun:ffi";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { errnoOf, systemError } from "../../errors/index.ts";
import { libc } from "../../os/libc.ts";

const FLAGS = constants.O_RDWR | 0o2000000; // O_CLOEXEC
const SPLICE_F_MOVE_NONBLOCK = 3;
const HEADER_BYTES = 8;
/** The file is started anew when it has grown so much, at the latest. */
const FULL_BYTES = 1 << 20;
/** The same while the container is quiet, so that many containers do not take much memory. */
const QUIET_BYTES = 65536;

/**
 * A stream's output between its pipe and its log, in a file, so that a killed engine loses none of it. The
 * kernel moves bytes from the pipe to the file in a call that a signal cannot cut in two: at any moment each
 * byte is in one of them, and the file's size tells how much was taken. What is in the log already, says the
 * checkpoint. An unfinished line stays in the spool.
 *
 * There are two files of which one is in use: that with the later start. A file has the position of its first
 * byte in the stream plus 1 (u64, little-endian; 0 while it is being written), then the bytes.
 */
export class Spool {
  readonly #paths: readonly [string, string];
  readonly #fds: [number | undefined, number | undefined] = [undefined, undefined];
  /** Which file is in use; the other is empty. */
  #used: 0 | 1 | undefined;
  /** Positions in the stream of the file's first byte and of its end. */
  #start = 0;
  #end: number;
  /** What the log does not have; everything before is in it or given up. */
  #rest: Uint8Array = new Uint8Array();
  readonly #offset = new BigInt64Array(1);
  readonly #offsetPointer = ptr(this.#offset);

  /** `logged` are the bytes of the stream that the log has; undefined when a file found here is of no use. */
  constructor(path: string, logged: number | undefined) {
    this.#paths = [path, `${path}.2`];
    this.#end = logged ?? 0;
    if (logged === undefined) this.remove();
    else this.#load(logged);
  }

  /** What a former engine has taken and not logged. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /**
   * Takes at most `bytes` from a non-blocking pipe and puts them to `address` as well. Like read(2): 0 at the
   * end, -1 with an errno, EAGAIN for an empty pipe.
   */
  take(pipe: number, address: number, bytes: number): number {
    if (this.#used === undefined || this.#end - this.#start > FULL_BYTES) this.#renew();
    const fd = this.#fds[this.#used!]!;
    const offset = this.#end - this.#start + HEADER_BYTES;
    this.#offset[0] = BigInt(offset);
    const taken = Number(libc.splice(pipe, null, fd, this.#offsetPointer, bytes, SPLICE_F_MOVE_NONBLOCK));
    if (taken <= 0) return taken;
    this.#end += taken;
    return Number(libc.pread(fd, address as Pointer, taken, offset));
  }

  /** Everything taken but its last bytes, `rest`, is in the log. */
  keep(rest: Uint8Array): void {
    this.#rest = rest;
  }

  /** Gives memory back before a long wait. */
  shrink(): void {
    if (this.#used !== undefined && this.#end - this.#start > QUIET_BYTES) this.#renew();
  }

  /** Leaves the rest, of a stream that has come to `position`, to the next engine. */
  close(position: number): void {
    this.#end = position;
    if (this.#rest.length === 0) {
      this.remove();
      return;
    }
    try {
      this.#renew();
    } catch (error) {
      // The directory is gone, and with it the container: there is no next engine for it.
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    this.#close();
  }

  remove(): void {
    this.#close();
    for (const path of this.#paths) rmSync(path, { force: true });
  }

  #load(logged: number): void {
    let end = 0;
    for (const index of [0, 1] as const) {
      const found = openSpool(this.#paths[index]);
      this.#fds[index] = found?.fd;
      if (!found || found.start < this.#start) continue;
      this.#used = index;
      this.#start = found.start;
      end = found.end;
    }
    const other = this.#used === undefined ? ([0, 1] as const) : ([1 - this.#used] as const);
    for (const index of other) if (this.#fds[index] !== undefined) ftruncateSync(this.#fds[index], 0);
    if (end < logged) {
      this.remove();
      return;
    }
    this.#end = end;
    const from = Math.max(this.#start, logged);
    this.#rest = new Uint8Array(end - from);
    if (this.#used === undefined) return;
    readSync(this.#fds[this.#used]!, this.#rest, 0, this.#rest.length, HEADER_BYTES + from - this.#start);
  }

  /** Goes on in the other file, with only the rest. */
  #renew(): void {
    const before = this.#used;
    const next = before === 0 ? 1 : 0;
    this.#fds[next] ??= openSync(this.#paths[next], FLAGS | constants.O_CREAT | constants.O_TRUNC, 0o600);
    const start = this.#end - this.#rest.length;
    put(this.#fds[next], this.#rest, HEADER_BYTES);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeBigUInt64LE(BigInt(start + 1));
    put(this.#fds[next], header, 0);
    this.#used = next;
    this.#start = start;
    if (before !== undefined) ftruncateSync(this.#fds[before]!, 0);
  }

  #close(): void {
    for (const index of [0, 1] as const) {
      if (this.#fds[index] !== undefined) closeSync(this.#fds[index]);
      this.#fds[index] = undefined;
    }
    this.#used = undefined;
  }
}

function put(fd: number, bytes: Uint8Array, at: number): void {
  const written = writeSync(fd, bytes, 0, bytes.length, at);
  if (written < bytes.length) throw systemError("keep output that is not logged yet: the disk is full");
}

/** `start` is -1 for a file that does not count. */
function openSpool(path: string): { fd: number; start: number; end: number } | undefined {
  try {
    const fd = openSync(path, FLAGS);
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(fd, header, 0, HEADER_BYTES, 0);
    const start = Number(header.readBigUInt64LE()) - 1;
    return { fd, start, end: start + fstatSync(fd).size - HEADER_BYTES };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
