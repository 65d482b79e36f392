import { isUtf8 } from "node:buffer";

const NEWLINE = 0x0a;

/** Tells, chunk by chunk, whether a stream's lines are valid UTF-8; characters may be cut by chunks. */
export class Utf8Check {
  /** The start of a character that the last chunk ended in. */
  #cut: Uint8Array = new Uint8Array();
  #lineInvalid = false;
  /** The chunk that was asked about last, so that going on to it need not look again. */
  #asked: { readonly chunk: Uint8Array; readonly valid: boolean } | undefined;

  /** Whether the line begun so far and `chunk` are valid. */
  accepts(chunk: Uint8Array): boolean {
    this.#asked = { chunk, valid: this.#valid(chunk) };
    return !this.#lineInvalid && this.#asked.valid;
  }

  /** Goes on to what follows `chunk`. */
  advance(chunk: Uint8Array): void {
    const valid = this.#asked?.chunk === chunk ? this.#asked.valid : this.#valid(chunk);
    this.#asked = undefined;
    if (valid && !this.#lineInvalid) {
      const joined = chunk.length < 4 ? Buffer.concat([this.#cut, chunk]) : chunk;
      this.#cut = joined.slice(joined.length - cutLength(joined));
      return;
    }
    // The invalid bytes may be in the line that goes on, unless a valid chunk has ended it.
    this.#lineInvalid = chunk.at(-1) !== NEWLINE && !(valid && chunk.includes(NEWLINE));
    this.#cut = this.#lineInvalid ? new Uint8Array() : chunk.slice(chunk.length - cutLength(chunk));
  }

  #valid(chunk: Uint8Array): boolean {
    const start = this.#cut.length === 0 ? 0 : characterLength(this.#cut[0]!) - this.#cut.length;
    if (start > 0) {
      const joined = Buffer.concat([this.#cut, chunk.subarray(0, start)]);
      if (chunk.length < start) return cutLength(joined) === joined.length;
      if (!isUtf8(joined)) return false;
    }
    const rest = chunk.subarray(start);
    return isUtf8(rest.subarray(0, rest.length - cutLength(rest)));
  }
}

/** How many bytes at the end are the start of an unfinished character. */
function cutLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return characterLength(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function characterLength(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
