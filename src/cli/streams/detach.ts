const defaultKeys = "ctrl-p,ctrl-q";

/**
 * Notices the detach keys among what is typed. The engine acts on them; we only have to know afterwards why
 * the stream ended: because the user left, or because the container closed its output.
 */
export class DetachScanner {
  readonly #sequence: number[];
  #matched = 0;
  seen = false;

  constructor(keys: string) {
    this.#sequence = (keys || defaultKeys).split(",").map(keyByte);
  }

  scan(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte !== this.#sequence[this.#matched]) this.#matched = 0;
      if (byte === this.#sequence[this.#matched]) this.#matched++;
      if (this.#matched === this.#sequence.length) this.seen = true;
    }
  }
}

/** `a` is itself; `ctrl-a`, `ctrl-@`, `ctrl-[` and so on are control characters. The engine refuses others. */
function keyByte(key: string): number {
  const control = /^ctrl-(.)$/.exec(key);
  return control === null ? key.charCodeAt(0) : control[1]!.toUpperCase().charCodeAt(0) & 0x1f;
}
