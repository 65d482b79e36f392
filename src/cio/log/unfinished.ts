import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";

const O_CLOEXEC = 0o2000000;
const HEADER_BYTES = 8;

/**
 * The start of a line whose end was not read yet, kept in a small file so that it outlives an engine that is
 * killed. The file has a CRC-32, a length (both u32, big-endian) and the bytes.
 */
export class UnfinishedLine {
  readonly #path: string;
  #bytes: Uint8Array;
  #fd = -1;

  constructor(path: string) {
    this.#path = path;
    this.#bytes = load(path);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Keeps `bytes` in memory and in the file; they must not change any more. */
  set(bytes: Uint8Array): void {
    if (bytes.length === 0 && this.#bytes.length === 0) return;
    this.#bytes = bytes;
    if (this.#fd < 0) {
      this.#fd = openSync(this.#path, constants.O_WRONLY | constants.O_CREAT | O_CLOEXEC, 0o600);
    }
    const record = new Uint8Array(HEADER_BYTES + bytes.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, Bun.hash.crc32(bytes));
    view.setUint32(4, bytes.length);
    record.set(bytes, HEADER_BYTES);
    writeSync(this.#fd, record, 0, record.length, 0);
  }

  /** Forgets the line and its file. */
  remove(): void {
    this.close();
    this.#bytes = new Uint8Array();
    rmSync(this.#path, { force: true });
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}

function load(path: string): Uint8Array {
  let record: Uint8Array<ArrayBuffer>;
  try {
    record = new Uint8Array(readFileSync(path));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return new Uint8Array();
    throw error;
  }
  if (record.length < HEADER_BYTES) return new Uint8Array();
  const view = new DataView(record.buffer);
  const bytes = record.slice(HEADER_BYTES, HEADER_BYTES + view.getUint32(4));
  // A mismatch means that the engine was killed in the middle of the write.
  return bytes.length === view.getUint32(4) && Bun.hash.crc32(bytes) === view.getUint32(0)
    ? bytes
    : new Uint8Array();
}
