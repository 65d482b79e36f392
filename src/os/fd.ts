import { ptr } from "bun:ffi";
import { constants } from "node:fs";
import { SlipwayError } from "../errors/index.ts";
import { check, cstring, errno, errnoName, libc } from "./libc.ts";

const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
const O_CLOEXEC = 0o2000000;

/** Makes a FIFO (mkfifo(3)); `EEXIST` is an error like any other. */
export function makeFifo(path: string, mode: number): void {
  check(libc.mkfifo(ptr(cstring(path)), mode), () => `make the FIFO ${path}`);
}

/** A pair of close-on-exec descriptors, read end first (pipe2(2)). */
export function pipe(flags: { nonblockRead?: boolean } = {}): [readEnd: number, writeEnd: number] {
  const pair = new Int32Array(2);
  check(libc.pipe2(ptr(pair), O_CLOEXEC), "make a pipe");
  const [readEnd, writeEnd] = pair as unknown as [number, number];
  if (flags.nonblockRead) setNonblocking(readEnd);
  return [readEnd, writeEnd];
}

/** Sets O_NONBLOCK. It is a flag of the open file description, so every duplicate has it too. */
export function setNonblocking(fd: number): void {
  const F_GETFL = 3;
  const F_SETFL = 4;
  const flags = check(libc.fcntl(fd, F_GETFL, 0), "read a descriptor's flags");
  check(libc.fcntl(fd, F_SETFL, flags | constants.O_NONBLOCK), "make a descriptor non-blocking");
}

/**
 * Wakes whoever reads the pipe. One that is full wakes its reader anyway, and one that nobody reads any more needs
 * no waking.
 */
export function ring(nonblockingWriteEnd: number): void {
  const byte = new Uint8Array(1);
  if (Number(libc.write(nonblockingWriteEnd, ptr(byte), 1)) === 1) return;
  const reason = errnoName(errno());
  if (reason !== "EAGAIN" && reason !== "EPIPE") {
    throw new SlipwayError("system", `wake the reader of a pipe: ${reason}`, { errno: reason });
  }
}

/**
 * Enlarges a pipe's buffer and answers its size in bytes. Beyond /proc/sys/fs/pipe-max-size and the user's
 * page quota the kernel refuses; the pipe then keeps the size it has.
 */
export function enlargePipe(fd: number, bytes: number): number {
  return libc.fcntl(fd, F_SETPIPE_SZ, bytes);
}

/** The size of a pipe's buffer in bytes. */
export function pipeSize(fd: number): number {
  return check(libc.fcntl(fd, F_GETPIPE_SZ, 0), "read a pipe's size");
}

/**
 * Has the kernel begin to write a part of a file to its disk (sync_file_range(2)), so that a flush later has less to wait for.
 * It promises nothing: whether it could is not looked at.
 */
export function beginWriting(fd: number, from: number, bytes: number): void {
  const SYNC_FILE_RANGE_WRITE = 2;
  libc.sync_file_range(fd, from, bytes, SYNC_FILE_RANGE_WRITE);
}
