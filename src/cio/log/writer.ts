import { join } from "node:path";
import { attributesOf } from "./attributes.ts";
import { Checkpoint } from "./checkpoint.ts";
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
import { Spool } from "./spool.ts";
import { now } from "./time.ts";
import { Utf8Check } from "./utf8.ts";

const NEWLINE = 0x0a;
/** Longer lines are cut into several records, as Docker does. */
const MAX_LINE_BYTES = 16384;
const BUFFER_BYTES = 1 << 20;
const SPARE_BUFFERS = 2;

/** Buffers of encoded records, shared by all writers because each is in use only during a write. */
const spare: Uint8Array[] = [];

class Stream {
  readonly check = new Utf8Check();
  readonly spool: Spool;
  /** The start of a line whose end has not come yet. */
  line: Uint8Array = new Uint8Array();
  /** Bytes from the stream's beginning to the end of `line`. */
  position: number;

  constructor(path: string, logged: number, known: boolean) {
    this.spool = new Spool(path, known ? logged : undefined);
    this.position = logged;
  }
}

/** Cuts output into lines, encodes them and writes them in as few pieces as possible. */
export class LineLogWriter implements LogWriter {
  readonly file: LogFile;
  readonly codec: LogCodec;
  readonly #encoder: RecordEncoder;
  readonly recovered: Promise<void>;
  readonly #checkpoint: Checkpoint;
  readonly #streams: Record<OutputStream, Stream>;
  readonly #replays = new Set<CodecReplay>();
  #stream: OutputStream = 1;
  /** The position in the stream of the first byte of what is being encoded, and of the first byte that is not yet. */
  #origin = 0;
  #logged = 0;
  #buffer: Uint8Array = new Uint8Array();
  #filled = 0;
  #limit = 0;
  #flushed: Promise<void> = Promise.resolve();

  constructor(codec: LogCodec, context: LogContext, rotation: Rotation) {
    this.codec = codec;
    this.#encoder = codec.encoder(attributesOf(context.options, context.container));
    const checkpoint = new Checkpoint(join(context.stateDir, "log.checkpoint"));
    const { logged, found } = checkpoint;
    const stream = (name: string, bytes: number) =>
      new Stream(join(context.stateDir, `${name}.spool`), bytes, found !== undefined);
    this.#streams = { 1: stream("stdout", logged[1]), 2: stream("stderr", logged[2]) };
    this.#checkpoint = checkpoint;
    this.file = new LogFile(context.path, rotation, checkpoint, codec.soundEnd);
    this.recovered = this.#recover();
  }

  get spools(): Record<OutputStream, Spool> {
    return { 1: this.#streams[1].spool, 2: this.#streams[2].spool };
  }

  write(stream: OutputStream, chunk: Uint8Array): Promise<void> {
    const state = this.#streams[stream];
    const { line: begun, spool } = state;
    if (this.codec.textOnly) state.check.advance(chunk);
    this.#begin(stream);
    if (begun.length === 0) {
      state.line = chunk.slice(this.#encodeLines(chunk, 0));
    } else {
      const firstEnd = chunk.indexOf(NEWLINE) + 1 || chunk.length;
      const first = new Uint8Array(begun.length + firstEnd);
      first.set(begun);
      first.set(chunk.subarray(0, firstEnd), begun.length);
      this.#origin -= begun.length;
      state.line = first.slice(this.#encodeLines(first, 0));
      this.#origin += begun.length;
      if (firstEnd < chunk.length) state.line = chunk.slice(this.#encodeLines(chunk, firstEnd));
    }
    state.position += chunk.length;
    spool.keep(state.line);
    return this.#flush();
  }

  mark(stream: OutputStream): LogMark {
    return { ...this.file.planned, unfinished: this.#streams[stream].line };
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
    const files = { path, end: () => this.file.written };
    const replay = new CodecReplay(this.codec, files, from, (closed) => this.#replays.delete(closed));
    this.#replays.add(replay);
    return replay;
  }

  async finish(stream: OutputStream): Promise<void> {
    const state = this.#streams[stream];
    const { line, spool } = state;
    this.#begin(stream);
    this.#origin -= line.length;
    if (line.length > 0) this.#encode(line, 0, line.length);
    await this.#flush();
    state.line = new Uint8Array();
    spool.keep(state.line);
    spool.remove();
  }

  async close(): Promise<void> {
    await this.file.close();
    // A container that is removed when it ends takes its log with it, not its clients' output.
    for (const replay of this.#replays) replay.hold();
    for (const { spool, position } of Object.values(this.#streams)) spool.close(position);
    this.#checkpoint.close();
  }

  async #recover(): Promise<void> {
    const streams: OutputStream[] = [1, 2];
    await Promise.all(
      streams.map(
        (stream) =>
          this.#streams[stream].spool.rest.length > 0 && this.write(stream, this.#streams[stream].spool.rest),
      ),
    );
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
    this.#logged = this.#origin + end;
    if (this.#filled < this.#limit) return;
    // Whoever writes awaits the last flush, which fails if this one did.
    this.#flush().catch(() => undefined);
    this.#takeBuffer();
  }

  #begin(stream: OutputStream): void {
    this.#stream = stream;
    this.#origin = this.#streams[stream].position;
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
    const progress = { stream: this.#stream, logged: this.#logged };
    const written =
      this.#filled > 0 ? this.file.append(buffer.subarray(0, this.#filled), progress) : Promise.resolve();
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
