import type { RecordDecoder } from "../codec.ts";
import type { OutputStream } from "../driver.ts";
import type { Instant } from "../time.ts";

const utf8 = new TextEncoder();
const text = new TextDecoder();
const PREFIX = utf8.encode('{"log":"');
const MIDDLE = utf8.encode('","stream":"std');
const NAME_BYTES = "out".length;
const TIME_KEY = ',"time":"';
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const LETTER_O = 0x6f;
const SECONDS_TEXT = "2024-01-01T00:00:00".length;

const unescaped = new Uint8Array(256);
for (const [letter, byte] of Object.entries({
  '"': 34,
  "\\": 92,
  "/": 47,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
})) {
  unescaped[letter.charCodeAt(0)] = byte;
}

interface Line {
  log?: string;
  stream?: string;
  time?: string;
  attrs?: Record<string, string>;
}

/** Reads json-file lines: those laid out as the engines write them in one pass, all others as JSON. */
export class JsonDecoder implements RecordDecoder {
  stream: OutputStream | 0 = 0;
  length = 0;
  #block: Uint8Array = new Uint8Array();
  /** Where the attributes and the time of the record start, and where it ends. */
  #rest = 0;
  #end = 0;
  #foreign: Line | undefined;
  #timeRead = "";
  #time: Instant = { seconds: 0, nanos: 0 };
  #second = "";
  #secondValue = 0;

  decode(block: Uint8Array, at: number, end: number, target: Uint8Array, to: number): number {
    const newline = block.indexOf(NEWLINE, at);
    if (newline < 0 || newline >= end) return -1;
    this.#block = block;
    this.#end = newline;
    this.#foreign = undefined;
    if (!this.#decodeOwn(block, at, newline, target, to)) this.#decodeAny(block, at, newline, target, to);
    return newline + 1;
  }

  time(): Instant {
    const written = this.#foreign ? (this.#foreign.time ?? "") : this.#timeText();
    if (written !== this.#timeRead) {
      this.#timeRead = written;
      this.#time = this.#parseTime(written);
    }
    return this.#time;
  }

  #parseTime(written: string): Instant {
    const second = written.slice(0, SECONDS_TEXT);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondValue = Date.parse(`${second}Z`) / 1000;
    }
    const fraction = /^\.(\d+)/.exec(written.slice(SECONDS_TEXT))?.[1] ?? "";
    return { seconds: this.#secondValue, nanos: Number(fraction.padEnd(9, "0").slice(0, 9)) };
  }

  attributes(): Readonly<Record<string, string>> {
    if (this.#foreign) return this.#foreign.attrs ?? {};
    const rest = this.#restText();
    if (rest.startsWith(TIME_KEY)) return {};
    return (JSON.parse(`{${rest.slice(1)}`) as Line).attrs ?? {};
  }

  #timeText(): string {
    const rest = this.#restText();
    return rest.slice(rest.lastIndexOf(TIME_KEY) + TIME_KEY.length, -2);
  }

  #restText(): string {
    return text.decode(this.#block.subarray(this.#rest, this.#end));
  }

  #decodeOwn(block: Uint8Array, at: number, newline: number, target: Uint8Array, to: number): boolean {
    if (newline - at < PREFIX.length + MIDDLE.length || block[newline - 1] !== 0x7d) return false;
    for (let i = 0; i < PREFIX.length; i++) if (block[at + i] !== PREFIX[i]) return false;
    let from = at + PREFIX.length;
    let out = to;
    for (;;) {
      const byte = block[from++]!;
      if (byte === QUOTE) break;
      if (byte !== BACKSLASH) {
        if (byte === NEWLINE) return false;
        target[out++] = byte;
        continue;
      }
      const letter = block[from++]!;
      if (letter === LETTER_U) {
        const code = hex4(block, from);
        if (code < 0 || (code & 0xf800) === 0xd800) return false;
        out = putCharacter(target, out, code);
        from += 4;
      } else {
        const plain = unescaped[letter]!;
        if (plain === 0) return false;
        target[out++] = plain;
      }
    }
    from--;
    for (let i = 0; i < MIDDLE.length; i++) if (block[from + i] !== MIDDLE[i]) return false;
    from += MIDDLE.length;
    this.stream = block[from] === LETTER_O ? 1 : 2;
    this.length = out - to;
    this.#rest = from + NAME_BYTES + 1;
    return this.#rest < newline;
  }

  #decodeAny(block: Uint8Array, at: number, newline: number, target: Uint8Array, to: number): void {
    this.stream = 0;
    let line: Line;
    try {
      line = JSON.parse(text.decode(block.subarray(at, newline))) as Line;
    } catch {
      // A torn line: the engine was killed while it wrote. There is nothing to show of it.
      return;
    }
    if (typeof line !== "object" || line === null) return;
    this.#foreign = line;
    this.stream = line.stream === "stderr" ? 2 : 1;
    this.length = utf8.encodeInto(line.log ?? "", target.subarray(to)).written;
  }
}

function hex4(block: Uint8Array, at: number): number {
  let code = 0;
  for (let i = 0; i < 4; i++) {
    const c = block[at + i]!;
    const digit = c >= 48 && c <= 57 ? c - 48 : (c | 32) >= 97 && (c | 32) <= 102 ? (c | 32) - 87 : -1;
    if (digit < 0) return -1;
    code = (code << 4) | digit;
  }
  return code;
}

function putCharacter(target: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    target[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    target[at] = 0xc0 | (code >> 6);
    target[at + 1] = 0x80 | (code & 0x3f);
    return at + 2;
  }
  target[at] = 0xe0 | (code >> 12);
  target[at + 1] = 0x80 | ((code >> 6) & 0x3f);
  target[at + 2] = 0x80 | (code & 0x3f);
  return at + 3;
}
