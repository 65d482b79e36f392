import { join } from "node:path";
import { attributesOf } from "./attributes.ts";
import type { LogCodec, RecordEncoder } from "./codec.ts";
import type {
  LogContext,
  LogMark,
  LogMarks,
  LogPosition,
  LogReplay,
  LogWriter,
  OutputStream,
} from "./driver.ts";
import { LogFile } from "./file.ts";
import type { Rotation } from "./options.ts";
import { CodecReplay } from "./replay.ts";
import { now } from "./time.ts";
import { UnfinishedLine } from "./unfinished.ts";
import { Utf8Check } from "./utf8.ts";

const NEWLINE = 0x0a;
/** Longer lines are cut into several records, as Docker does. */
const MAX_LINE_BYTES = 16384;
const BUFFER_BYTES = 1 << 20;
const SPARE_BUFFERS = 2;

/** Buffers of encoded records, shared by all writers because each is in use only during a write. */
const spare: Uint8Array[] = [];

interface Stream {
  readonly line: UnfinishedLine;
  readonly check: Utf8Check;
}

/** Cuts output into lines, encodes them and writes them in as few pieces as possible. */
export class LineLogWriter implements LogWriter {
  readonly file: LogFile;
  readonly codec: LogCodec;
  readonly #encoder: RecordEncoder;
  readonly #streams: Record<OutputStream, Stream>;
  #buffer: Uint8Array = new Uint8Array();
  #filled = 0;
  #limit = 0;
  #flushed: Promise<void> = Promise.resolve();

  constructor(codec: LogCodec, context: LogContext, rotation: Rotation) {
    this.codec = codec;
    this.#encoder = codec.encoder(attributesOf(context.options, context.container));
    const unfinished = (name: string) => new UnfinishedLine(join(context.stateDir, `${name}.unfinished`));
    this.#streams = {
      1: { line: unfinished("stdout"), check: new Utf8Check() },
      2: { line: unfinished("stderr"), check: new Utf8Check() },
    };
    for (const { line, check } of Object.values(this.#streams)) check.advance(line.bytes);
    this.file = new LogFile(context.path, rotation, codec.soundEnd);
  }

  write(stream: OutputStream, chunk: Uint8Array): Promise<void> {
    const { line, check } = this.#streams[stream];
    if (this.codec.textOnly) check.advance(chunk);
    this.#begin(stream);
    const begun = line.bytes;
    if (begun.length === 0) {
      line.set(chunk.slice(this.#encodeLines(chunk, 0)));
      return this.#flush();
    }
    const firstEnd = chunk.indexOf(NEWLINE) + 1 || chunk.length;
    const first = new Uint8Array(begun.length + firstEnd);
    first.set(begun);
    first.set(chunk.subarray(0, firstEnd), begun.length);
    const leftOver = first.subarray(this.#encodeLines(first, 0));
    line.set(firstEnd === chunk.length ? leftOver.slice() : chunk.slice(this.#encodeLines(chunk, firstEnd)));
    return this.#flush();
  }

  mark(stream: OutputStream): LogMark {
    return { ...this.file.planned, unfinished: this.#streams[stream].line.bytes };
  }

  reproduces(stream: OutputStream, chunk: Uint8Array): boolean {
    return !this.codec.textOnly || this.#streams[stream].check.accepts(chunk);
  }

  retains(position: LogPosition, chunk: Uint8Array): boolean {
    const { maxSize, maxFiles } = this.file.rotation;
    const perRecord = this.#encoder.bound(0);
    const records = countLines(chunk) + Math.ceil(chunk.length / (MAX_LINE_BYTES - 3)) + 1;
    const bytes = (this.#encoder.bound(1) - perRecord) * chunk.length + perRecord * records;
    const rotations = 1 + Math.floor(bytes / maxSize);
    return this.file.planned.generation + rotations - position.generation < maxFiles;
  }

  replay(from: LogMarks): LogReplay {
    const { path } = this.file;
    return new CodecReplay(this.codec, { path, end: () => this.file.written }, from);
  }

  async finish(stream: OutputStream): Promise<void> {
    const { line } = this.#streams[stream];
    this.#begin(stream);
    if (line.bytes.length > 0) this.#encode(line.bytes, 0, line.bytes.length);
    await this.#flush();
    line.remove();
  }

  async close(): Promise<void> {
    for (const { line } of Object.values(this.#streams)) line.close();
    await this.file.close();
  }

  /** Encodes the complete lines and the full pieces from `from` on; returns where the rest starts. */
  #encodeLines(source: Uint8Array, from: number): number {
    let start = from;
    for (let newline = source.indexOf(NEWLINE, start); ; newline = source.indexOf(NEWLINE, start)) {
      const end = newline < 0 ? source.length : newline;
      while (end - start >= MAX_LINE_BYTES) {
        const cut = characterStart(source, start + MAX_LINE_BYTES);
        this.#encode(source, start, cut);
        start = cut;
      }
      if (newline < 0) return start;
      this.#encode(source, start, newline + 1);
      start = newline + 1;
    }
  }

  #encode(source: Uint8Array, from: number, end: number): void {
    this.#filled = this.#encoder.encode(this.#buffer, this.#filled, source, from, end);
    if (this.#filled < this.#limit) return;
    void this.#flush();
    this.#takeBuffer();
  }

  #begin(stream: OutputStream): void {
    this.#encoder.begin(stream, now());
    this.#takeBuffer();
    this.#flushed = Promise.resolve();
  }

  #takeBuffer(): void {
    this.#buffer = spare.pop() ?? new Uint8Array(BUFFER_BYTES);
    this.#filled = 0;
    const safe = this.#buffer.length - this.#encoder.bound(MAX_LINE_BYTES + 1);
    this.#limit = Math.min(safe, this.file.room);
  }

  /** Queues what is encoded; resolves when everything encoded since `#begin` is written. */
  #flush(): Promise<void> {
    const buffer = this.#buffer;
    const written = this.#filled > 0 ? this.file.append(buffer.subarray(0, this.#filled)) : Promise.resolve();
    const done = written.finally(() => {
      if (spare.length < SPARE_BUFFERS) spare.push(buffer);
    });
    this.#flushed = Promise.all([this.#flushed, done]).then(() => undefined);
    return this.#flushed;
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** The start of the character that the byte at `at` belongs to. */
function characterStart(source: Uint8Array, at: number): number {
  for (let back = 0; back < 4; back++) if ((source[at - back]! & 0xc0) !== 0x80) return at - back;
  return at;
}
