/** Of more output, in characters, the beginning is dropped. */
const mostHeld = 1 << 20;

/** What a quiet build has not told: it is, should the build fail. */
export class HeldOutput {
  #texts: string[] = [];
  #size = 0;

  add(text: string): void {
    this.#texts.push(text);
    this.#size += text.length;
    while (this.#size > mostHeld) this.#size -= this.#texts.shift()?.length ?? this.#size;
  }

  /** Gives it away. */
  take(): readonly string[] {
    const taken = this.#texts;
    [this.#texts, this.#size] = [[], 0];
    return taken;
  }
}
