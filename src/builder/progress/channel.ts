import type { BuildMessage, SolveStatus } from "../../api/build.ts";
import type { ProgressSink } from "./model.ts";

/**
 * From a build to whoever reads of it, who may be slower: of a transfer it hears the latest state, not all of them.
 * The output of steps is bounded where it comes from.
 */
export class Channel implements ProgressSink {
  #messages: BuildMessage[] = [];
  #arrived = Promise.withResolvers<void>();
  #ended = false;

  tell(status: SolveStatus): void {
    const last = this.#messages.at(-1)?.status;
    if (last !== undefined && isTransfer(last) && isTransfer(status)) {
      const told = new Set(status.statuses?.map(({ vertex, id }) => `${vertex} ${id}`));
      const others = last.statuses?.filter(({ vertex, id }) => !told.has(`${vertex} ${id}`)) ?? [];
      this.#messages[this.#messages.length - 1] = {
        status: { statuses: [...others, ...(status.statuses ?? [])] },
      };
      return;
    }
    this.send({ status });
  }

  send(message: BuildMessage): void {
    this.#messages.push(message);
    this.#arrived.resolve();
  }

  end(): void {
    this.#ended = true;
    this.#arrived.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BuildMessage> {
    for (;;) {
      const batch = this.#messages;
      this.#messages = [];
      yield* batch;
      if (this.#messages.length > 0) continue;
      if (this.#ended) return;
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
  }
}

const isTransfer = (status: SolveStatus): boolean =>
  status.statuses !== undefined && Object.keys(status).length === 1;
