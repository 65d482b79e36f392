/** Lets what concerns one key happen one after the other, in the order asked for; what concerns others goes on beside it. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T> | T): Promise<T> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(work);
    // The next in line waits for the end of this work, not for its success.
    const settled = result.then(
      () => {},
      () => {},
    );
    this.#last.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
