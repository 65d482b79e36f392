import { encodeFrame, FRAME_HEADER_BYTES, putFrameHeader } from "../../api/stdcopy.ts";
import type { LogCodec, RecordDecoder } from "./codec.ts";
import { LogCursor, type LogFiles } from "./cursor.ts";
import type { LogMarks, LogPosition, LogReplay, OutputStream } from "./driver.ts";
import { comparePositions, earlierOf, laterOf } from "./position.ts";

/** Room for frame headers beyond a block's size; a record always is longer than one. */
const SLACK_BYTES = 65536;

/** A replay that reads the log's own files. */
export class CodecReplay implements LogReplay {
  readonly #decoder: RecordDecoder;
  readonly #cursor: LogCursor;
  readonly #from: LogMarks;
  /** Bytes at the start of the first line of each stream that were delivered before. */
  readonly #skip: Record<OutputStream, number>;
  /** The record at the cursor is beyond its stream's mark. */
  #stopped = false;

  constructor(codec: LogCodec, files: LogFiles, from: LogMarks) {
    this.#decoder = codec.decoder();
    this.#cursor = new LogCursor(files, earlierOf(from[1], from[2]));
    this.#from = from;
    this.#skip = { 1: from[1].unfinished.length, 2: from[2].unfinished.length };
  }

  get position(): LogPosition {
    return this.#cursor.position;
  }

  async next(upTo: LogMarks, ended: ReadonlySet<OutputStream>): Promise<Uint8Array | undefined> {
    for (;;) {
      const before = this.#cursor.start;
      const frames = this.#take(upTo, ended);
      if (frames.length > 0) return frames;
      // Whole records that stay are beyond their mark; reading on would not help.
      if (this.#cursor.start === before && this.#stopped) return undefined;
      if (this.complete(upTo) || !(await this.#cursor.fill(laterOf(upTo[1], upTo[2])))) return undefined;
    }
  }

  complete(upTo: LogMarks): boolean {
    return comparePositions(this.position, laterOf(upTo[1], upTo[2])) >= 0;
  }

  rest(upTo: LogMarks): Uint8Array {
    const streams: OutputStream[] = [1, 2];
    const lines = streams.map(
      (stream) => [stream, upTo[stream].unfinished.subarray(this.#skip[stream])] as const,
    );
    const frames = lines
      .filter(([, line]) => line.length > 0)
      .map(([stream, line]) => encodeFrame(stream, line));
    return Buffer.concat(frames);
  }

  close(): void {
    this.#cursor.close();
  }

  #take(upTo: LogMarks, ended: ReadonlySet<OutputStream>): Uint8Array {
    const cursor = this.#cursor;
    const decoder = this.#decoder;
    this.#stopped = false;
    const target = new Uint8Array(cursor.end - cursor.start + SLACK_BYTES);
    let to = 0;
    while (to + FRAME_HEADER_BYTES + cursor.end - cursor.start <= target.length) {
      const next = decoder.decode(cursor.block, cursor.start, cursor.end, target, to + FRAME_HEADER_BYTES);
      if (next < 0) break;
      const { stream } = decoder;
      if (stream !== 0 && comparePositions(this.position, upTo[stream]) >= 0 && !ended.has(stream)) {
        this.#stopped = true;
        break;
      }
      const given = stream !== 0 && this.#given(stream, upTo);
      cursor.start = next;
      if (!given) continue;
      to = this.#finishFrame(target, to, stream, decoder.length);
    }
    return target.subarray(0, to);
  }

  #given(stream: OutputStream, upTo: LogMarks): boolean {
    const { position } = this;
    return (
      comparePositions(position, this.#from[stream]) >= 0 && comparePositions(position, upTo[stream]) < 0
    );
  }

  #finishFrame(target: Uint8Array, at: number, stream: OutputStream, length: number): number {
    const skipped = Math.min(this.#skip[stream], length);
    this.#skip[stream] -= skipped;
    if (skipped === length) return at;
    const payload = at + FRAME_HEADER_BYTES;
    if (skipped > 0) target.copyWithin(payload, payload + skipped, payload + length);
    putFrameHeader(target, at, stream, length - skipped);
    return payload + length - skipped;
  }
}
