import { shortSize } from "../formatter/size.ts";
import { printError } from "../streams/print.ts";
import { isTerminal } from "../streams/terminal.ts";

const interval = 75;
const save = "\x1b[s";
const clear = "\x1b[u\x1b[2K";

/** Counts what passes and shows it on a terminal, in the words of docker's command line. */
export class Progress {
  #bytes = 0;
  #shown = 0;
  readonly #visible: boolean;

  /** `what` is such as `Copying to container`. */
  constructor(
    private readonly what: string,
    readonly quiet: boolean,
  ) {
    this.#visible = !quiet && isTerminal(2);
    if (this.#visible) printError(`${save}Preparing to copy...`);
  }

  async *follow(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      yield chunk;
      this.#bytes += chunk.length;
      if (this.#visible) this.#show();
    }
  }

  /** Takes the line away, and after a copy that went well tells how much was copied to where. */
  end(target: string | undefined): void {
    if (this.#visible) printError(clear);
    if (target === undefined || this.quiet) return;
    printError(`Successfully copied ${shortSize(this.#bytes)} to ${target}\n`);
  }

  #show(): void {
    const now = performance.now();
    if (now - this.#shown < interval) return;
    this.#shown = now;
    printError(`${clear}${this.what} - ${shortSize(this.#bytes)}`);
  }
}
