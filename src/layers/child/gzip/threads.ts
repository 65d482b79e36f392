import { ownWorker } from "../../../os/self.ts";

/** A block compressed, and the memory that it was in. */
export interface Compressed {
  readonly member: Uint8Array<ArrayBuffer>;
  readonly memory: ArrayBuffer;
}

/** A thread that compresses blocks in the order in which it gets them. */
export class GzipThread implements Disposable {
  readonly #worker = new Worker(ownWorker("layers/child/gzip/worker"), { smol: true });
  readonly #waiting: PromiseWithResolvers<Compressed>[] = [];

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Compressed>) => this.#waiting.shift()?.resolve(data);
    this.#worker.onerror = ({ message }) => {
      for (const { reject } of this.#waiting) reject(new Error(`compressing failed: ${message}`));
    };
  }

  /** The block's memory is the thread's until the answer has come. */
  compress(block: Uint8Array<ArrayBuffer>): Promise<Compressed> {
    const answer = Promise.withResolvers<Compressed>();
    this.#waiting.push(answer);
    this.#worker.postMessage(block, [block.buffer]);
    return answer.promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
