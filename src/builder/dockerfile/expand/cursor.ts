/** Reads a text character by character. */
export class Cursor {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(readonly text: string) {
    this.#characters = [...text];
  }

  /** The next character, which stays; undefined at the end. */
  get peek(): string | undefined {
    return this.#characters[this.#at];
  }

  take(): string | undefined {
    return this.#characters[this.#at++];
  }

  /** The characters that match, taken. */
  takeWhile(matches: (character: string) => boolean): string {
    let taken = "";
    while (this.peek !== undefined && matches(this.peek)) taken += this.take();
    return taken;
  }
}
