import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { command, until } from "./engine.ts";
import { Folder } from "./folder.ts";

export interface RegistryOptions {
  /** HTTPS with a certificate of an authority of its own. */
  readonly tls?: boolean;
  /** Passwords by name; absent: everybody may do everything. */
  readonly users?: Record<string, string>;
  /** Of another registry, from which this one fetches what it does not have. */
  readonly proxyOf?: string;
}

export interface Access {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly agent: string;
}

/** Debian's docker-registry on a free port of loopback, with storage of its own. */
export class TestRegistry implements AsyncDisposable {
  readonly #folder = new Folder();
  #process: Bun.Subprocess | undefined;
  #port = 0;

  private constructor(private readonly options: RegistryOptions) {}

  static async start(options: RegistryOptions = {}): Promise<TestRegistry> {
    const registry = new TestRegistry(options);
    registry.#port = await freePort();
    try {
      if (options.tls) await certify(registry.#folder);
      writeFileSync(registry.#folder.join("htpasswd"), await htpasswd(options.users ?? {}));
      mkdirSync(registry.#folder.join("data"));
      writeFileSync(registry.#folder.join("config.yml"), JSON.stringify(registry.#configuration()));
      await registry.start();
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
    return registry;
  }

  /** `127.0.0.1:PORT`: what references to it begin with. */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `${this.options.tls ? "https" : "http"}://${this.host}`;
  }

  /** PEM of the authority that vouches for it, with `tls`. */
  get authority(): string {
    return this.#folder.join("ca.crt");
  }

  /** The directory that it keeps everything in: `docker/registry/v2/…`. */
  get storage(): string {
    return this.#folder.join("data");
  }

  /** Every request it has answered, in order. */
  accesses(): Access[] {
    const line = /"([A-Z]+) (\S+) HTTP\/[\d.]+" (\d+) \S+ "[^"]*" "([^"]*)"/;
    return this.#log("access.log").flatMap((text) => {
      const match = line.exec(text);
      if (match === null) return [];
      const [, method = "", path = "", status = "", agent = ""] = match;
      return [{ method, path, status: Number(status), agent }];
    });
  }

  /** Starts it, or starts it again over what it had. */
  async start(): Promise<void> {
    const logs = ["access.log", "errors.log"].map((name) => openSync(this.#folder.join(name), "a"));
    const registry = Bun.spawn(["docker-registry", "serve", this.#folder.join("config.yml")], {
      stdio: ["ignore", logs[0] ?? "ignore", logs[1] ?? "ignore"],
    });
    for (const log of logs) closeSync(log);
    this.#process = registry;
    await until("the registry answers", async () => {
      if (registry.exitCode !== null)
        throw new Error(`the registry ended: ${this.#log("errors.log").join("\n")}`);
      return await fetch(`${this.url}/v2/`, { tls: { rejectUnauthorized: false } }).then(
        () => true,
        () => false,
      );
    });
  }

  async stop(): Promise<void> {
    this.#process?.kill();
    await this.#process?.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#folder[Symbol.dispose]();
  }

  #log(name: string): string[] {
    return readFileSync(this.#folder.join(name), "utf8").split("\n");
  }

  #configuration(): object {
    const { tls, users, proxyOf } = this.options;
    const certificate = this.#folder.join("registry.crt");
    const key = this.#folder.join("registry.key");
    return {
      version: "0.1",
      log: { level: "warn", accesslog: { disabled: false } },
      storage: { filesystem: { rootdirectory: this.storage }, delete: { enabled: true } },
      http: {
        addr: this.host,
        secret: "of no importance",
        ...(tls ? { tls: { certificate, key } } : {}),
      },
      ...(users === undefined
        ? {}
        : { auth: { htpasswd: { realm: "Test Registry", path: this.#folder.join("htpasswd") } } }),
      ...(proxyOf === undefined ? {} : { proxy: { remoteurl: proxyOf } }),
    };
  }
}

/** Runs a test against a registry that is gone afterwards. */
export async function withRegistry<T>(
  options: RegistryOptions,
  body: (registry: TestRegistry) => Promise<T>,
): Promise<T> {
  await using registry = await TestRegistry.start(options);
  return await body(registry);
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** A password file with cheap hashes. */
export async function htpasswd(users: Record<string, string>): Promise<string> {
  const lines = Object.entries(users).map(
    async ([name, password]) =>
      `${name}:${await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 })}\n`,
  );
  return (await Promise.all(lines)).join("");
}

/** An authority (`ca.crt`) and a certificate for loopback that it has signed (`registry.crt`, `registry.key`). */
export async function certify(folder: Folder): Promise<void> {
  const { code, stderr } = await command(
    [
      "sh",
      "-ec",
      `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \\
         -subj "/CN=Test Authority" -keyout ca.key -out ca.crt
       openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=Test Registry" \\
         -keyout registry.key -out registry.csr
       printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' > extensions
       openssl x509 -req -in registry.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 \\
         -extfile extensions -out registry.crt`,
    ],
    { cwd: folder.path },
  );
  if (code !== 0) throw new Error(`openssl failed: ${stderr}`);
}
