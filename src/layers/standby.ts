import { selfCommand } from "../os/self.ts";

/** One of our own children whose request is sent to it when it is there. */
export type AskedChild = Bun.Subprocess<"pipe", "pipe" | "ignore" | number, "pipe">;

/** Starts a child that reads its request from its standard input. */
export function startAsked(
  name: string,
  output: "pipe" | "ignore" | number = "ignore",
  files: readonly number[] = [],
): AskedChild {
  return Bun.spawn(selfCommand(name), { stdio: ["pipe", output, "pipe", ...files] });
}

/**
 * Children that were started before there is anything for them to do: a start takes longer than most of what they are asked.
 * Of each kind that somebody expects to need soon, one waits.
 */
export class Standby {
  readonly #waiting = new Map<string, AskedChild>();
  #holds = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `patience`: milliseconds that children wait when nobody expects work for them any more. */
  constructor(private readonly patience = 10_000) {}

  /** From now on until a while after the end, one of each kind waits. */
  expect(names: readonly string[]): Disposable {
    this.#holds++;
    clearTimeout(this.#timer);
    for (const name of names) this.#start(name);
    return {
      [Symbol.dispose]: () => {
        if (--this.#holds > 0) return;
        this.#timer = setTimeout(() => this.#end(), this.patience);
        this.#timer.unref();
      },
    };
  }

  /** One that waits, if there is one; another takes its place. */
  take(name: string): AskedChild | undefined {
    const child = this.#waiting.get(name);
    if (child === undefined) return undefined;
    this.#waiting.delete(name);
    this.#start(name);
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    child.ref();
    return child;
  }

  #start(name: string): void {
    if (this.#waiting.has(name)) return;
    const child = startAsked(name);
    child.unref();
    this.#waiting.set(name, child);
  }

  #end(): void {
    for (const child of this.#waiting.values()) child.kill("SIGKILL");
    this.#waiting.clear();
  }
}

/** That of this process. */
export const standby = new Standby();
