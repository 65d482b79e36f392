/** Serialises work on one object: a container's verbs take turns, in the order in which they asked. */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  async run<T>(work: () => Promise<T> | T): Promise<T> {
    const result = this.last.then(work);
    // The next in line waits for the end of this work, not for its success.
    this.last = result.then(
      () => {},
      () => {},
    );
    return await result;
  }
}
