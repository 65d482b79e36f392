import { conflict, notFound } from "../errors/index.ts";

/** Outputs that wait for the client, which fetches each over a connection of its own. */
export class WaitingOutputs {
  readonly #waiting = new Map<
    number,
    { stream: AsyncIterable<Uint8Array>; done: PromiseWithResolvers<void> }
  >();

  constructor(
    private readonly tell: (index: number) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** Returns when the client has all of it. */
  async offer(index: number, stream: AsyncIterable<Uint8Array>): Promise<void> {
    this.signal.throwIfAborted();
    const done = Promise.withResolvers<void>();
    this.#waiting.set(index, { stream, done });
    const give = () => done.reject(this.signal.reason);
    this.signal.addEventListener("abort", give, { once: true });
    this.tell(index);
    try {
      await done.promise;
    } finally {
      this.signal.removeEventListener("abort", give);
      this.#waiting.delete(index);
    }
  }

  async *take(index: number): AsyncGenerator<Uint8Array> {
    const output = this.#waiting.get(index);
    if (output === undefined) throw notFound(`the build has no output ${index} that waits`);
    this.#waiting.delete(index);
    const { stream, done } = output;
    let complete = false;
    try {
      yield* stream;
      complete = true;
      done.resolve();
    } catch (error) {
      done.reject(error);
      throw error;
    } finally {
      if (!complete) done.reject(conflict(`the client did not take all of output ${index}`));
    }
  }
}
