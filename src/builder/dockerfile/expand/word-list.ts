/** Gathers a text, and the words that it has. */
export class WordList {
  text = "";
  #word = "";
  readonly #words: string[] = [];

  /** What blanks split. */
  add(text: string): void {
    this.text += text;
    for (const character of text) {
      if (/\s/.test(character)) this.#end();
      else this.#word += character;
    }
  }

  /** What was quoted or escaped: it is all of one word. */
  addWhole(text: string): void {
    this.text += text;
    this.#word += text;
  }

  words(): string[] {
    this.#end();
    return this.#words;
  }

  #end(): void {
    if (this.#word !== "") this.#words.push(this.#word);
    this.#word = "";
  }
}
