import { encodeFrame, FRAME_HEADER_BYTES, putFrameHeader } from "../../api/stdcopy.ts";
import { systemError } from "../../errors/index.ts";
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
  readonly #onClose: (replay: CodecReplay) => void;
  /** Bytes at the start of the first line of each stream that were delivered before. */
  readonly #skip: Record<OutputStream, number>;
  /** The record at the cursor is beyond its stream's mark. */
  #stopped = false;

  constructor(codec: LogCodec, files: LogFiles, from: LogMarks, onClose: (replay: CodecReplay) => void) {
    this.#onClose = onClose;
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
      if (this.complete(upTo)) return undefined;
      if (!(await this.#cursor.fill(laterOf(upTo[1], upTo[2])))) {
        throw systemError("the log was removed before all output was given to a slow client");
      }
    }
  }

  complete(upTo: LogMarks): boolean {
    return comparePositions(this.#cursor, laterOf(upTo[1], upTo[2])) >= 0;
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

  /** To be called when the log may be removed from now on: opens what is left to read. */
  hold(): void {
    this.#cursor.hold();
  }

  close(): void {
    this.#onClose(this);
    this.#cursor.close();
  }

  /** Records of one stream that follow each other become one frame. */
  #take(upTo: LogMarks, ended: ReadonlySet<OutputStream>): Uint8Array {
    const cursor = this.#cursor;
    const decoder = this.#decoder;
    this.#stopped = false;
    const target = new Uint8Array(Buffer.allocUnsafeSlow(cursor.end - cursor.start + SLACK_BYTES).buffer);
    let frame = 0;
    let framed: OutputStream | undefined;
    let to = 0;
    while (to + FRAME_HEADER_BYTES + cursor.end - cursor.start <= target.length) {
      const next = decoder.decode(cursor.block, cursor.start, cursor.end, target, to);
      if (next < 0) break;
      const { stream, length } = decoder;
      if (stream !== 0 && comparePositions(cursor, upTo[stream]) >= 0 && !ended.has(stream)) {
        this.#stopped = true;
        break;
      }
      const given = stream !== 0 && this.#given(stream, upTo);
      cursor.start = next;
      if (!given) continue;
      const skipped = Math.min(this.#skip[stream], length);
      this.#skip[stream] -= skipped;
      if (skipped === length) continue;
      const payload = framed === stream ? to : to + FRAME_HEADER_BYTES;
      if (payload !== to + skipped) target.copyWithin(payload, to + skipped, to + length);
      if (framed !== stream) frame = to;
      framed = stream;
      to = payload + length - skipped;
      putFrameHeader(target, frame, stream, to - frame - FRAME_HEADER_BYTES);
    }
    return target.subarray(0, to);
  }

  #given(stream: OutputStream, upTo: LogMarks): boolean {
    const cursor = this.#cursor;
    return comparePositions(cursor, this.#from[stream]) >= 0 && comparePositions(cursor, upTo[stream]) < 0;
  }
}
