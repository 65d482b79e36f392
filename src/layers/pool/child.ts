import { lines } from "../../os/lines.ts";
import { selfCommand } from "../../os/self.ts";
import { received } from "../child/protocol.ts";
import type { Asked } from "../child/serve.ts";
import { lost, parse } from "../messages.ts";

/** A piece of work, until it is done. */
export interface Job extends Asked {
  /** Aborting it kills whoever is at it. */
  readonly signal: AbortSignal | undefined;
  readonly onEvent: ((event: unknown) => void) | undefined;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** One of our own processes that does one piece of work after another. */
export class PooledChild {
  readonly #process = Bun.spawn(selfCommand("serve", String(process.pid)), {
    stdio: ["pipe", "ignore", "pipe"],
  });
  /** Never rejects; the process is gone then. */
  readonly ended = this.#listen();
  #job: Job | undefined;
  #noise: string[] = [];
  readonly #kill = () => this.#process.kill("SIGKILL");

  /** `onReady` is called when it can be asked for something else. */
  constructor(private readonly onReady: () => void) {}

  /** To be called when it is new or ready. */
  do(job: Job): void {
    this.#job = job;
    this.#noise = [];
    job.signal?.addEventListener("abort", this.#kill, { once: true });
    const { name, request } = job;
    const { stdin } = this.#process;
    stdin.write(`${JSON.stringify({ name, request } satisfies Asked)}\n`);
    // That the process is gone is said by its end.
    Promise.resolve(stdin.flush()).catch(() => undefined);
  }

  /** Lets it end when it has done what it was asked for. */
  end(): void {
    Promise.resolve(this.#process.stdin.end()).catch(() => undefined);
  }

  async #listen(): Promise<void> {
    for await (const line of lines(this.#process.stderr)) this.#hear(line);
    await this.#process.exited;
    const job = this.#taken();
    job?.reject(lost(job.name, this.#process, this.#noise, job.signal));
  }

  #hear(line: string): void {
    const message = parse(line);
    if (message === undefined) this.#noise.push(line);
    else if ("event" in message) this.#job?.onEvent?.(message.event);
    else if ("error" in message) this.#taken()?.reject(received(message.error));
    else this.#done(message);
  }

  /** Whoever waits for the result may ask for something else at once. */
  #done({ result, last = false }: { result: unknown; last?: boolean }): void {
    const job = this.#taken();
    if (!last) this.onReady();
    job?.resolve(result);
  }

  #taken(): Job | undefined {
    const job = this.#job;
    this.#job = undefined;
    job?.signal?.removeEventListener("abort", this.#kill);
    return job;
  }
}
