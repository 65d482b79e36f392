import type { RegistryAccess, RegistryServeMessage } from "../../api/index.ts";

/** So many lines wait for a reader that is slower than the registry's clients; those that come then are counted. */
const maxWaiting = 1000;

/** What a registry tells whoever started it, for as long as that listens. */
export class AccessLog {
  readonly #waiting: RegistryServeMessage[] = [];
  #missed = 0;
  #wake = () => {};

  add(access: RegistryAccess): void {
    if (this.#waiting.length < maxWaiting) this.#waiting.push({ Access: access });
    else this.#missed++;
    this.#wake();
  }

  /** Ends when the signal is aborted. */
  async *read(signal: AbortSignal): AsyncGenerator<RegistryServeMessage> {
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted) {
        const changed = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        yield* this.#take();
        if (!signal.aborted && this.#waiting.length === 0) await changed;
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  *#take(): Generator<RegistryServeMessage> {
    yield* this.#waiting.splice(0);
    const missed = this.#missed;
    this.#missed = 0;
    if (missed > 0) yield { Missed: missed };
  }
}
