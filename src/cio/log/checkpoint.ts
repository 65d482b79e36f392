import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import type { OutputStream } from "./driver.ts";

const FLAGS = constants.O_RDWR | constants.O_CREAT | 0o2000000; // O_CLOEXEC
const BOOT_BYTES = 16;
const RECORD_BYTES = BOOT_BYTES + 4 * 8;

/** How far output was logged, and how large the log was then. */
interface Place {
  readonly inode: number;
  readonly size: number;
}

/**
 * What is certain about a log, in a file that outlives a killed engine: how much of each stream is in it, and
 * which file of what size holds that. The record is written in one piece, which the kernel does not leave
 * half-done. It has no order on a disk with the log, so that of another boot counts for nothing.
 *
 * The file has the boot's id (16 bytes) and, as u64 little-endian, inode, size, and bytes of stdout and stderr.
 */
export class Checkpoint {
  /** Undefined when there was none. */
  readonly found: Place | undefined;
  /** Bytes of each stream from its beginning. */
  readonly logged: Record<OutputStream, number> = { 1: 0, 2: 0 };
  readonly #fd: number;
  readonly #record = new DataView(new ArrayBuffer(RECORD_BYTES));

  constructor(path: string) {
    this.#fd = openSync(path, FLAGS, 0o600);
    const boot = bootId();
    const record = Buffer.from(this.#record.buffer);
    const length = readSync(this.#fd, record, 0, RECORD_BYTES, 0);
    if (length === RECORD_BYTES && boot.equals(record.subarray(0, BOOT_BYTES))) {
      this.found = { inode: this.#get(0), size: this.#get(1) };
      this.logged = { 1: this.#get(2), 2: this.#get(3) };
    }
    record.set(boot);
  }

  save({ inode, size }: Place): void {
    this.#set(0, inode);
    this.#set(1, size);
    this.#set(2, this.logged[1]);
    this.#set(3, this.logged[2]);
    writeSync(this.#fd, this.#record, 0, RECORD_BYTES, 0);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #get(index: number): number {
    return Number(this.#record.getBigUint64(BOOT_BYTES + 8 * index, true));
  }

  #set(index: number, value: number): void {
    this.#record.setBigUint64(BOOT_BYTES + 8 * index, BigInt(value), true);
  }
}

let boot: Buffer | undefined;

function bootId(): Buffer {
  const read = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().replaceAll("-", "");
  boot ??= Buffer.from(read(), "hex");
  return boot;
}
