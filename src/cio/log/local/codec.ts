import { readSync } from "node:fs";
import type { LogCodec, RecordDecoder, RecordEncoder } from "../codec.ts";
import type { OutputStream } from "../driver.ts";
import type { Instant } from "../time.ts";

/*
 * A record of the local driver, numbers big-endian:
 *   u32 n · u8 stream · u32 seconds · u32 nanoseconds · u16 a · a bytes attributes (JSON) · output · u32 n
 * where n counts the bytes between the two lengths. The second length lets readers walk backwards.
 */
const LENGTH_BYTES = 4;
const FIXED_BYTES = 11;
const OVERHEAD_BYTES = FIXED_BYTES + 2 * LENGTH_BYTES;
const STEP_BYTES = 1 << 20;

class LocalEncoder implements RecordEncoder {
  readonly #head: Uint8Array;
  readonly #headView: DataView;

  constructor(attributes: Readonly<Record<string, string>>) {
    const empty = Object.keys(attributes).length === 0;
    const json = empty ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(attributes));
    this.#head = new Uint8Array(LENGTH_BYTES + FIXED_BYTES + json.length);
    this.#headView = new DataView(this.#head.buffer);
    this.#headView.setUint16(LENGTH_BYTES + 9, json.length);
    this.#head.set(json, LENGTH_BYTES + FIXED_BYTES);
  }

  bound(length: number): number {
    return this.#head.length + length + LENGTH_BYTES;
  }

  begin(stream: OutputStream, time: Instant): void {
    this.#headView.setUint8(LENGTH_BYTES, stream);
    this.#headView.setUint32(LENGTH_BYTES + 1, time.seconds);
    this.#headView.setUint32(LENGTH_BYTES + 5, time.nanos);
  }

  encode(target: Uint8Array, at: number, source: Uint8Array, from: number, end: number): number {
    const head = this.#head;
    this.#headView.setUint32(0, head.length - LENGTH_BYTES + end - from);
    target.set(head, at);
    target.set(source.subarray(from, end), at + head.length);
    const to = at + head.length + end - from;
    for (let i = 0; i < LENGTH_BYTES; i++) target[to + i] = head[i]!;
    return to + LENGTH_BYTES;
  }
}

class LocalDecoder implements RecordDecoder {
  stream: OutputStream | 0 = 0;
  length = 0;
  #block: Uint8Array = new Uint8Array();
  #at = 0;

  decode(block: Uint8Array, at: number, end: number, target: Uint8Array, to: number): number {
    const size = recordSize(block, at, end);
    if (size < 0) return -1;
    this.#block = block;
    this.#at = at + LENGTH_BYTES;
    this.stream = block[this.#at] === 2 ? 2 : 1;
    const output = this.#at + FIXED_BYTES + u16(block, this.#at + 9);
    const outputEnd = at + size - LENGTH_BYTES;
    target.set(block.subarray(output, outputEnd), to);
    this.length = outputEnd - output;
    return at + size;
  }

  time(): Instant {
    return { seconds: u32(this.#block, this.#at + 1), nanos: u32(this.#block, this.#at + 5) };
  }

  attributes(): Readonly<Record<string, string>> {
    const length = u16(this.#block, this.#at + 9);
    if (length === 0) return {};
    const from = this.#at + FIXED_BYTES;
    return JSON.parse(new TextDecoder().decode(this.#block.subarray(from, from + length)));
  }
}

/** The local driver's compact form; it holds any bytes. */
export const localCodec: LogCodec = {
  textOnly: false,
  encoder: (attributes) => new LocalEncoder(attributes),
  decoder: () => new LocalDecoder(),
  lastRecord(block, from, end) {
    if (end - OVERHEAD_BYTES < from) return -1;
    const start = end - u32(block, end - LENGTH_BYTES) - 2 * LENGTH_BYTES;
    return start < from ? -1 : start;
  },
  soundEnd(fd, size) {
    if (endsWithRecord(fd, size)) return size;
    const block = new Uint8Array(STEP_BYTES);
    let sound = 0;
    while (sound < size) {
      const length = readSync(fd, block, 0, block.length, sound);
      let at = 0;
      for (let record = recordSize(block, at, length); record > 0; record = recordSize(block, at, length)) {
        at += record;
      }
      if (at === 0) break;
      sound += at;
    }
    return sound;
  },
};

function endsWithRecord(fd: number, size: number): boolean {
  const length = new Uint8Array(LENGTH_BYTES);
  const read = (at: number) => readSync(fd, length, 0, LENGTH_BYTES, at) === LENGTH_BYTES && u32(length, 0);
  const last = size >= OVERHEAD_BYTES && read(size - LENGTH_BYTES);
  return last !== false && last + 2 * LENGTH_BYTES <= size && read(size - last - 2 * LENGTH_BYTES) === last;
}

/** The bytes of the record at `at`, or -1 when it is not whole before `end`. */
function recordSize(block: Uint8Array, at: number, end: number): number {
  if (end - at < OVERHEAD_BYTES) return -1;
  const size = u32(block, at) + 2 * LENGTH_BYTES;
  if (at + size > end || size < OVERHEAD_BYTES) return -1;
  return u32(block, at + size - LENGTH_BYTES) === size - 2 * LENGTH_BYTES ? size : -1;
}

function u16(block: Uint8Array, at: number): number {
  return block[at]! * 256 + block[at + 1]!;
}

function u32(block: Uint8Array, at: number): number {
  return u16(block, at) * 65536 + u16(block, at + 2);
}
