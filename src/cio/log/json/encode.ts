import type { RecordEncoder } from "../codec.ts";
import type { OutputStream } from "../driver.ts";
import { formatShort, type Instant } from "../time.ts";

const utf8 = new TextEncoder();
const HEX = utf8.encode("0123456789abcdef");
const PREFIX = utf8.encode('{"log":"');
const REPLACEMENT = utf8.encode("\\ufffd");
/** The longest escape, `\u001f`, stands for one byte. */
const MAX_GROWTH = 6;

const PLAIN = 0;
const CONTROL = 1;
const SHORT = 2;
const WIDE = 3;
/** How a byte is written: as it is, as \u00xx, after a backslash, or as part of a longer character. */
const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return WIDE;
  if ('"\\\n\r'.includes(String.fromCharCode(byte))) return SHORT;
  return byte < 0x20 || "<>&".includes(String.fromCharCode(byte)) ? CONTROL : PLAIN;
});
const shortEscapes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
shortEscapes[0x0a] = 0x6e;
shortEscapes[0x0d] = 0x72;

/**
 * One line of Docker's json-file: `{"log":…,"stream":…,"attrs":…,"time":…}`, with the escapes of Go's
 * encoding/json, by which invalid UTF-8 becomes U+FFFD, one for each byte.
 */
export class JsonEncoder implements RecordEncoder {
  readonly #attrs: string;
  #suffix: Uint8Array = new Uint8Array();

  constructor(attributes: Readonly<Record<string, string>>) {
    const json = goJson(attributes);
    this.#attrs = json === "{}" ? "" : `,"attrs":${json}`;
  }

  bound(length: number): number {
    return PREFIX.length + MAX_GROWTH * length + this.#suffix.length;
  }

  begin(stream: OutputStream, time: Instant): void {
    const name = stream === 1 ? "stdout" : "stderr";
    this.#suffix = utf8.encode(`","stream":"${name}"${this.#attrs},"time":"${formatShort(time)}"}\n`);
  }

  encode(target: Uint8Array, at: number, source: Uint8Array, from: number, end: number): number {
    target.set(PREFIX, at);
    const to = escapeInto(target, at + PREFIX.length, source, from, end);
    target.set(this.#suffix, to);
    return to + this.#suffix.length;
  }
}

/** Writes `source[from..end)` as the inside of a JSON string; returns where it ends. */
export function escapeInto(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  end: number,
): number {
  let to = at;
  let i = from;
  while (i < end) {
    const byte = source[i]!;
    const kind = classes[byte]!;
    if (kind === PLAIN) {
      target[to++] = byte;
      i++;
    } else if (kind === WIDE) {
      const size = characterSize(source, i, end);
      to = putWide(target, to, source, i, size);
      i += size || 1;
    } else {
      target[to++] = 0x5c;
      if (kind === SHORT) target[to++] = shortEscapes[byte]!;
      else to = putUnicode(target, to, byte);
      i++;
    }
  }
  return to;
}

function putWide(target: Uint8Array, at: number, source: Uint8Array, from: number, size: number): number {
  let to = at;
  if (size === 0) {
    target.set(REPLACEMENT, to);
    return to + REPLACEMENT.length;
  }
  const last = source[from + size - 1]!;
  // U+2028 and U+2029 end lines in JavaScript; Go escapes them.
  if (size === 3 && source[from] === 0xe2 && source[from + 1] === 0x80 && (last | 1) === 0xa9) {
    target[to++] = 0x5c;
    target[to++] = 0x75;
    for (const digit of [0x32, 0x30, 0x32, HEX[last & 0xf]!]) target[to++] = digit;
    return to;
  }
  for (let i = 0; i < size; i++) target[to++] = source[from + i]!;
  return to;
}

function putUnicode(target: Uint8Array, at: number, byte: number): number {
  target[at] = 0x75;
  target[at + 1] = 0x30;
  target[at + 2] = 0x30;
  target[at + 3] = HEX[byte >> 4]!;
  target[at + 4] = HEX[byte & 0xf]!;
  return at + 5;
}

/** The length of the valid UTF-8 sequence of several bytes at `at`, or 0 (Unicode, table 3-7). */
function characterSize(source: Uint8Array, at: number, end: number): number {
  const lead = source[at]!;
  const size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size === 0 || at + size > end) return 0;
  const second = source[at + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < size; i++) if ((source[at + i]! & 0xc0) !== 0x80) return 0;
  return size;
}

function goJson(value: Readonly<Record<string, string>>): string {
  const special = /[<>&\u2028\u2029]/g;
  const escaped = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replaceAll(special, escaped);
}
