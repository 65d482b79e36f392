import { slipwayPath, type TestEngine, until } from "./engine.ts";

/** `slipway registry serve`, as long as a test needs it. */
export class ServedRegistry implements AsyncDisposable {
  readonly #lines: string[] = [];

  private constructor(private readonly process: Bun.Subprocess<"ignore", "pipe", "inherit">) {}

  /** Serves on a free port of loopback unless the flags say otherwise; resolves when it listens. */
  static async start(engine: TestEngine, flags: readonly string[] = []): Promise<ServedRegistry> {
    const argv = [slipwayPath, "-H", engine.host, "registry", "serve", "--listen", "127.0.0.1:0", ...flags];
    const served = new ServedRegistry(Bun.spawn(argv, { stdio: ["ignore", "pipe", "inherit"] }));
    void served.#read();
    await until("the registry listens", () => served.url !== "" || served.process.exitCode !== null);
    if (served.url === "") throw new Error("the registry ended before it listened");
    return served;
  }

  /** What the command has written. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get url(): string {
    return /^Serving on (\S+)$/.exec(this.#lines[0] ?? "")?.[1] ?? "";
  }

  /** `127.0.0.1:PORT` */
  get host(): string {
    return this.url === "" ? "" : new URL(this.url).host;
  }

  get ended(): Promise<number> {
    return this.process.exited;
  }

  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
    this.process.kill(signal);
    await this.process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.process.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      this.#lines.push(...lines);
    }
  }
}
