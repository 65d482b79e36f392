import { until } from "./engine.ts";

/** A command on a real pseudo-terminal, as a person at a keyboard has it. */
export class Terminal {
  #output = "";
  readonly #process: Bun.Subprocess;

  constructor(
    argv: string[],
    options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
  ) {
    this.#process = Bun.spawn(argv, {
      env: { ...process.env, TERM: "xterm", ...options.env },
      terminal: {
        cols: options.columns ?? 80,
        rows: options.rows ?? 24,
        data: (_terminal, data) => {
          this.#output += Buffer.from(data).toString();
        },
      },
    });
  }

  /** Everything that was shown. */
  get output(): string {
    return this.#output;
  }

  /** The exit status; fails when it does not come. */
  async exited(deadline = 15_000): Promise<number> {
    await until("the command on the terminal ends", () => this.#process.exitCode !== null, deadline);
    return this.#process.exitCode ?? -1;
  }

  type(keys: string): void {
    this.#process.terminal?.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#process.terminal?.resize(columns, rows);
  }

  /** Waits until the screen has shown `text` after position `from`, and answers the position behind it. */
  async shows(text: string | RegExp, from = 0): Promise<number> {
    const find = () => {
      const match = new RegExp(
        typeof text === "string" ? text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : text,
      ).exec(this.#output.slice(from));
      return match === null ? -1 : from + match.index + match[0].length;
    };
    try {
      await until(`the terminal shows ${text}`, () => find() >= 0);
    } catch (error) {
      throw new Error(`${String(error)}; it shows ${JSON.stringify(this.#output.slice(from))}`);
    }
    return find();
  }

  [Symbol.dispose](): void {
    this.#process.kill("SIGKILL");
    this.#process.terminal?.close();
  }
}
