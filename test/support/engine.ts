import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const project = resolve(import.meta.dir, "../..");
/** The executable under test; another than the built one can be named, to compare two. */
export const slipwayPath = process.env.SLIPWAY_TEST_EXECUTABLE ?? join(project, "dist", "slipway");

/** The docker command line under test: the one on the PATH, or Debian's unpacked. */
export const dockerPath: string =
  await Bun.$`${join(project, "scripts", "docker-cli")} ${join(tmpdir(), "slipway-docker-cli")}`
    .quiet()
    .text()
    .then((text) => text.trim());

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  cwd?: string;
  /** Milliseconds after which the command is killed; its code is then 137. */
  timeout?: number;
}

/** Runs a command to its end and answers everything it said. */
export async function command(argv: string[], options: CommandOptions = {}): Promise<Result> {
  const child = Bun.spawn(argv, {
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    timeout: options.timeout ?? 60_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, stdout, stderr };
}

/**
 * Waits until `holds` is true; fails with `what` after `deadline` ms. Looks again every few milliseconds, or, where looking takes a
 * process, waits twice as long as that took: who is waited for needs the processor too.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadline = 15_000,
): Promise<void> {
  const end = Date.now() + deadline;
  for (;;) {
    const begin = Date.now();
    if (await holds()) return;
    const now = Date.now();
    if (now > end) throw new Error(`waited ${deadline} ms in vain until ${what}`);
    await Bun.sleep(Math.min(Math.max(10, 2 * (now - begin)), 250));
  }
}

/** Milliseconds. A start runs a dozen programs one after the other, which takes long where others have the processor. */
const startPatience = 60_000;

const subnets = 128 * 256;

/**
 * A subnet of 10.128.0.0/9 that no other test process on the host has: an abstract socket (unix(7)) holds it until this process ends,
 * however it ends.
 */
function subnet(): string {
  for (let number = (process.pid * 16) % subnets; ; number = (number + 1) % subnets) {
    try {
      Bun.listen({ unix: `\0slipway-test-subnet-${number}`, socket: { data() {} } }).unref();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") continue;
      throw error;
    }
    return `10.${128 + Math.floor(number / 256)}.${number % 256}.1/24`;
  }
}

export interface EngineOptions {
  flags?: string[];
  /** Beside what the test itself has. */
  env?: Record<string, string>;
}

/** A private engine with roots, socket, bridge and subnet of its own. */
export class TestEngine {
  readonly root = mkdtempSync(join(tmpdir(), "slipway-test-"));
  readonly bridge = `sw${Math.random().toString(36).slice(2, 10)}`;
  readonly bip = subnet();
  readonly socket = join(this.root, "engine.sock");
  readonly host = `unix://${this.socket}`;
  #process: Bun.Subprocess | undefined;

  private constructor(private readonly options: EngineOptions) {}

  static async start(options: EngineOptions = {}): Promise<TestEngine> {
    const engine = new TestEngine(options);
    await engine.start();
    return engine;
  }

  get pid(): number {
    if (this.#process === undefined) throw new Error("the engine does not run");
    return this.#process.pid;
  }

  get dataRoot(): string {
    return join(this.root, "data");
  }

  get execRoot(): string {
    return join(this.root, "run");
  }

  get log(): string {
    return readFileSync(join(this.root, "engine.log"), "utf8");
  }

  /** Starts the engine, or starts it anew over what its predecessor left, with other flags if that is said. */
  async start(flags = this.options.flags ?? []): Promise<void> {
    mkdirSync(this.root, { recursive: true });
    const log = Bun.file(join(this.root, "engine.log"));
    const engine = Bun.spawn(
      [
        slipwayPath,
        "daemon",
        `--data-root=${this.dataRoot}`,
        `--exec-root=${this.execRoot}`,
        `--host=${this.host}`,
        `--bridge=${this.bridge}`,
        `--bip=${this.bip}`,
        ...flags,
      ],
      { stdio: ["ignore", log, log], env: { ...process.env, ...this.options.env } },
    );
    this.#process = engine;
    const answers = async () => {
      if (engine.exitCode !== null) throw new Error(`the engine ended: ${this.log}`);
      return (await this.request("/_ping")) === "OK";
    };
    await until("the engine answers", answers, startPatience).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it said: ${this.log}`);
    });
  }

  /** The body of a GET; undefined while nobody listens. */
  async request(path: string, init: RequestInit = {}): Promise<string | undefined> {
    try {
      const response = await fetch(`http://engine${path}`, { ...init, unix: this.socket });
      return await response.text();
    } catch {
      return undefined;
    }
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`http://engine${path}`, { ...init, unix: this.socket });
  }

  slipway(args: string[], options: CommandOptions = {}): Promise<Result> {
    return command([slipwayPath, "-H", this.host, ...args], this.#withOwnConfig(options));
  }

  docker(args: string[], options: CommandOptions = {}): Promise<Result> {
    return command([dockerPath, "-H", this.host, ...args], this.#withOwnConfig(options));
  }

  /** Both command lines have one configuration, and not the user's. */
  #withOwnConfig(options: CommandOptions): CommandOptions {
    return { ...options, env: { DOCKER_CONFIG: join(this.root, "docker-config"), ...options.env } };
  }

  /** SIGKILL: what a crash leaves is left. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.exited;
  }

  /** SIGTERM, and the wait for the end. */
  async terminate(): Promise<number> {
    this.#process?.kill("SIGTERM");
    return (await this.#process?.exited) ?? -1;
  }

  /** Removes every container, stops the engine and deletes its roots and its bridge. */
  async dispose(): Promise<void> {
    // An engine that was killed takes its rules and its bridge away when it comes back and ends in good order.
    if (this.#process?.killed && this.#process.signalCode === "SIGKILL") await this.start();
    if (this.#process?.exitCode === null) {
      const listed = await this.fetch("/containers/json?all=1");
      const all = (await listed.json()) as { Id: string }[];
      const remove = ({ Id }: { Id: string }) =>
        this.fetch(`/containers/${Id}?force=1`, { method: "DELETE" });
      await Promise.all(all.map(remove));
      await this.terminate();
    }
    await command(["ip", "link", "delete", this.bridge]);
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Both command lines, for tests that must hold for each. */
export const commandLines = ["slipway", "docker"] as const;
export type CommandLine = (typeof commandLines)[number];

/** Runs `args` through one of the command lines. */
export function run(
  engine: TestEngine,
  line: CommandLine,
  args: string[],
  options: CommandOptions = {},
): Promise<Result> {
  return line === "slipway" ? engine.slipway(args, options) : engine.docker(args, options);
}
