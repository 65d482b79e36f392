import { type Pointer, ptr } from "bun:ffi";
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";
import { libc } from "../../os/libc.ts";

const O_CLOEXEC = 0o2000000;
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
 * The file has the position of its first byte in the stream (u64, little-endian), then the bytes.
 */
export class Spool {
  readonly #path: string;
  #fd: number | undefined;
  /** Positions in the stream of the file's first byte and of its end. */
  #start = 0;
  #end: number;
  /** What the log does not have; everything before is in it or given up. */
  #rest: Uint8Array = new Uint8Array();
  readonly #offset = new BigInt64Array(1);
  readonly #offsetPointer = ptr(this.#offset);

  /** `logged` are the bytes of the stream that the log has; undefined when a file found here is of no use. */
  constructor(path: string, logged: number | undefined) {
    this.#path = path;
    this.#end = logged ?? 0;
    if (logged === undefined) rmSync(path, { force: true });
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
    const fd = this.#fd === undefined || this.#end - this.#start > FULL_BYTES ? this.#renew() : this.#fd;
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
    if (this.#fd !== undefined && this.#end - this.#start > QUIET_BYTES) this.#renew();
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
    rmSync(this.#path, { force: true });
  }

  #load(logged: number): void {
    const flags = constants.O_RDWR | O_CLOEXEC;
    try {
      this.#fd = openSync(this.#path, flags);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return;
      throw error;
    }
    const size = fstatSync(this.#fd).size - HEADER_BYTES;
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(this.#fd, header, 0, HEADER_BYTES, 0);
    this.#start = Number(header.readBigUInt64LE());
    if (this.#start + size < logged) {
      this.remove();
      return;
    }
    this.#end = this.#start + size;
    const from = Math.max(this.#start, logged);
    this.#rest = new Uint8Array(Math.max(0, this.#end - from));
    readSync(this.#fd, this.#rest, 0, this.#rest.length, HEADER_BYTES + from - this.#start);
  }

  /** Replaces the file by one with only the rest. */
  #renew(): number {
    const temporary = `${this.#path}.new`;
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | O_CLOEXEC;
    const fd = openSync(temporary, flags, 0o600);
    const start = this.#end - this.#rest.length;
    const content = Buffer.alloc(HEADER_BYTES + this.#rest.length);
    content.writeBigUInt64LE(BigInt(start));
    content.set(this.#rest, HEADER_BYTES);
    writeSync(fd, content, 0, content.length, 0);
    renameSync(temporary, this.#path);
    this.#close();
    this.#start = start;
    this.#fd = fd;
    return fd;
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
