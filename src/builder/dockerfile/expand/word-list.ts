/** Gathers a text, and knows the words that it has. */
export class WordList {
  text = "";
  /** Texts that blanks split, and texts that are all of one word, in turn. */
  readonly #parts: { text: string; whole: boolean }[] = [];

  /** What blanks split. */
  add(text: string): void {
    this.#append(text, false);
  }

  /** What was quoted or escaped: it is all of one word. */
  addWhole(text: string): void {
    this.#append(text, true);
  }

  words(): string[] {
    const words: string[] = [];
    let word = "";
    for (const { text, whole } of this.#parts) {
      const [first = "", ...more] = whole ? [text] : text.split(/\s+/);
      word += first;
      for (const next of more) {
        if (word !== "") words.push(word);
        word = next;
      }
    }
    return word === "" ? words : [...words, word];
  }

  #append(text: string, whole: boolean): void {
    this.text += text;
    const last = this.#parts.at(-1);
    if (last?.whole === whole) last.text += text;
    else this.#parts.push({ text, whole });
  }
}
