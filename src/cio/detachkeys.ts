import { invalid } from "../errors/index.ts";

/** The keys that have a control code, from ctrl-@ (0) to ctrl-_ (31). */
const CONTROL_KEYS = "@abcdefghijklmnopqrstuvwxyz[\\]^_";
const DELETE = 127;

export const DEFAULT_DETACH_KEYS = "ctrl-p,ctrl-q";

/** The bytes of a sequence such as `ctrl-p,ctrl-q` or `ctrl-a,x`; `invalid` for a key that has no byte. */
export function parseDetachKeys(keys: string): Uint8Array {
  return Uint8Array.from(keys.split(","), (key) => {
    const control = key.length === 6 && key.startsWith("ctrl-") ? CONTROL_KEYS.indexOf(key[5]!) : -1;
    if (control >= 0) return control;
    if (key === "DEL") return DELETE;
    if (key.length === 1 && key.charCodeAt(0) < 128) return key.charCodeAt(0);
    throw invalid(
      `invalid detach keys '${keys}': unknown key '${key}'; use single characters and ctrl-<key>, separated by commas`,
    );
  });
}

/** Looks for the detach sequence in what a terminal's user types; input cut anywhere is put together. */
export class DetachKeys {
  readonly #sequence: Uint8Array;
  #matched = 0;

  constructor(sequence: Uint8Array) {
    this.#sequence = sequence;
  }

  /**
   * What is to be passed on. The beginning of the sequence is held back until the next key says whether it
   * is one; with `detached` nothing after the sequence is passed on.
   */
  push(input: Uint8Array): { readonly output: Uint8Array; readonly detached: boolean } {
    const sequence = this.#sequence;
    if (sequence.length === 0) return { output: input, detached: false };
    const output: number[] = [];
    for (const key of input) {
      if (key !== sequence[this.#matched]) {
        output.push(...sequence.subarray(0, this.#matched));
        this.#matched = 0;
      }
      if (key !== sequence[this.#matched]) output.push(key);
      else if (++this.#matched === sequence.length) {
        this.#matched = 0;
        return { output: Uint8Array.from(output), detached: true };
      }
    }
    return { output: Uint8Array.from(output), detached: false };
  }
}
