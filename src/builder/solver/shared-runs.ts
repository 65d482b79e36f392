import { abortable } from "../../os/abortable.ts";
import type { Audience, Told } from "./audience.ts";

/** So many bytes of what a run told before are told to a build that joins it. */
const tapeBytes = 256 << 10;

/** What a run is given: it ends when the signal says so. */
export interface RunContext {
  readonly signal: AbortSignal;
  tell(told: Told): void;
}

export interface RunOptions<T> {
  /** Whether it uses what the build that starts it has lent, and so cannot outlive that build. */
  readonly borrows: boolean;
  work(context: RunContext): Promise<T>;
}

/**
 * Work that several builds may want at once: it runs once, tells all of them what happens, and is cancelled when the last of
 * them is gone. Whoever joins work that is being given up waits for its end and starts it anew.
 */
export class SharedRuns<T> {
  readonly #runs = new Map<string, SharedRun<T>>();

  isRunning(key: string): boolean {
    return this.#runs.has(key);
  }

  async join(key: string, audience: Audience, signal: AbortSignal, options: RunOptions<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const run = this.#runs.get(key) ?? this.#start(key, options);
      if (run.isAbandoned) {
        await abortable(run.ended, signal);
        continue;
      }
      try {
        return await run.follow(audience, signal);
      } catch (error) {
        // It went with the build that had started it, but here it is still wanted.
        if (signal.aborted || !run.isAbandoned) throw error;
        await run.ended;
      }
    }
  }

  #start(key: string, options: RunOptions<T>): SharedRun<T> {
    const run = new SharedRun(options, () => this.#runs.delete(key));
    this.#runs.set(key, run);
    return run;
  }
}

class SharedRun<T> {
  readonly #controller = new AbortController();
  readonly #audiences = new Set<Audience>();
  readonly #tape: Told[] = [];
  #tapeBytes = 0;
  readonly #result: Promise<T>;
  /** Settles when nothing of it is left, after it is forgotten. */
  readonly ended: Promise<void>;
  #starter: Audience | undefined;

  constructor(
    private readonly options: RunOptions<T>,
    forget: () => void,
  ) {
    const context = { signal: this.#controller.signal, tell: (told: Told) => this.#tell(told) };
    this.#result = Promise.resolve()
      .then(() => options.work(context))
      .finally(forget);
    this.ended = this.#result.then(
      () => undefined,
      () => undefined,
    );
  }

  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Its result; whoever gives up last waits until the work has ended. */
  async follow(audience: Audience, signal: AbortSignal): Promise<T> {
    this.#starter ??= audience;
    this.#audiences.add(audience);
    for (const told of this.#tape) audience.hear(told);
    try {
      return await abortable(this.#result, signal);
    } catch (error) {
      if (signal.aborted) await this.#leave(audience, signal.reason);
      throw error;
    } finally {
      this.#audiences.delete(audience);
    }
  }

  async #leave(audience: Audience, reason: unknown): Promise<void> {
    this.#audiences.delete(audience);
    const isNeeded = this.#audiences.size > 0 && !(this.options.borrows && this.#starter === audience);
    if (isNeeded) return;
    this.#controller.abort(reason);
    await this.ended;
  }

  #tell(told: Told): void {
    for (const audience of this.#audiences) audience.hear(told);
    if (told.what !== "log") return;
    this.#tape.push(told);
    this.#tapeBytes += told.data.length;
    while (this.#tapeBytes > tapeBytes) this.#tapeBytes -= (this.#tape.shift() as typeof told).data.length;
  }
}
