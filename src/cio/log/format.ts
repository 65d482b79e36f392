import { FRAME_HEADER_BYTES, putFrameHeader } from "../../api/stdcopy.ts";
import type { LogCodec, RecordDecoder } from "./codec.ts";
import type { LogCursor } from "./cursor.ts";
import type { LogQuery } from "./driver.ts";
import { compareInstants, formatFixed, type Instant, instantOf } from "./time.ts";

const utf8 = new TextEncoder();
/** Room for more than one block's output: frame headers, times and attributes. */
const SLACK_BYTES = 65536;
const NOTHING = new Uint8Array();

/** Turns records into the bytes that `logs` answers. */
export class LogFormatter {
  /** The first entry after `until` was met. */
  done = false;
  readonly #query: LogQuery;
  readonly #decoder: RecordDecoder;
  readonly #since: Instant | undefined;
  readonly #until: Instant | undefined;
  #prefixTime: Instant | undefined;
  #timePrefix: Uint8Array = NOTHING;

  constructor(codec: LogCodec, query: LogQuery) {
    this.#query = query;
    this.#decoder = codec.decoder();
    this.#since = query.since === undefined ? undefined : instantOf(query.since);
    this.#until = query.until === undefined ? undefined : instantOf(query.until);
  }

  /** Takes records from the cursor, as many as fit one chunk; empty when it holds no whole record. */
  format(cursor: LogCursor): Uint8Array {
    const { block, end } = cursor;
    const multiplexed = this.#query.framing === "multiplexed";
    const header = multiplexed ? FRAME_HEADER_BYTES : 0;
    const target = new Uint8Array(Buffer.allocUnsafeSlow(2 * (end - cursor.start) + SLACK_BYTES).buffer);
    const decoder = this.#decoder;
    let to = 0;
    while (!this.done && to + SLACK_BYTES + end - cursor.start <= target.length) {
      const next = decoder.decode(block, cursor.start, end, target, to + header);
      if (next < 0) break;
      cursor.start = next;
      if (decoder.stream === 0 || !this.#wanted(decoder)) continue;
      const length = decoder.length + this.#putPrefix(target, to + header, decoder.length);
      if (multiplexed) putFrameHeader(target, to, decoder.stream, length);
      to += header + length;
    }
    return target.subarray(0, to);
  }

  #wanted(decoder: RecordDecoder): boolean {
    const { stdout, stderr } = this.#query;
    if (this.#since && compareInstants(decoder.time(), this.#since) < 0) return false;
    if (this.#until && compareInstants(decoder.time(), this.#until) > 0) {
      this.done = true;
      return false;
    }
    return decoder.stream === 1 ? stdout : stderr;
  }

  /** Moves the output at `at` back and puts time and attributes before it; returns how far. */
  #putPrefix(target: Uint8Array, at: number, length: number): number {
    const { timestamps, details } = this.#query;
    if (!timestamps && !details) return 0;
    const time = timestamps ? this.#time() : NOTHING;
    const attributes = details ? utf8.encode(`${queryString(this.#decoder.attributes())} `) : NOTHING;
    const shift = time.length + attributes.length;
    target.copyWithin(at + shift, at, at + length);
    target.set(time, at);
    target.set(attributes, at + time.length);
    return shift;
  }

  #time(): Uint8Array {
    const time = this.#decoder.time();
    if (time !== this.#prefixTime) {
      this.#prefixTime = time;
      this.#timePrefix = utf8.encode(`${formatFixed(time)} `);
    }
    return this.#timePrefix;
  }
}

/** Attributes as Docker shows them: `a=1,b=x+y`, keys sorted, both escaped as in a URL's query. */
function queryString(attributes: Readonly<Record<string, string>>): string {
  const escaped = (text: string) => new URLSearchParams([[text, ""]]).toString().slice(0, -1);
  return Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${escaped(key)}=${escaped(value)}`)
    .join(",");
}
