import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { command, until } from "../engine.ts";
import { Folder } from "../folder.ts";
import { freePort } from "../ports.ts";
import { must } from "../suite.ts";
import { type FileServer, signalAll } from "./server.ts";

/** sshd on a port of its own, with keys of its own, for sshfs. */
export class SshServer implements FileServer {
  readonly #folder = new Folder();
  readonly #port = freePort();
  #process: Bun.Subprocess | undefined;

  static async start(): Promise<SshServer> {
    const server = new SshServer();
    await server.#configure();
    await server.start();
    return server;
  }

  get directory(): string {
    return this.#folder.join("served");
  }

  /** The private key that it lets in. */
  get key(): string {
    return this.#folder.join("user");
  }

  /** What of it is at a path of this host. */
  url(path: string): string {
    return `ssh://root@127.0.0.1:${this.#port}${path}`;
  }

  get options(): Record<string, string> {
    return this.optionsWith({});
  }

  /** The options with others for sshfs. */
  optionsWith(given: Record<string, string>): Record<string, string> {
    const words = {
      port: String(this.#port),
      IdentityFile: this.#folder.join("user"),
      UserKnownHostsFile: this.#folder.join("known"),
      StrictHostKeyChecking: "yes",
      BatchMode: "yes",
      ...given,
    };
    const o = ["allow_other", ...Object.entries(words).map((pair) => pair.join("="))].join(",");
    return { type: "sshfs", device: `127.0.0.1:${this.directory}`, o };
  }

  /** A file that knows another key for the server than it has. */
  async strangersKey(): Promise<string> {
    if (!existsSync(this.#folder.join("stranger"))) await this.#makeKey("stranger");
    return this.#knownHosts("stranger");
  }

  async #configure(): Promise<void> {
    mkdirSync(this.directory);
    for (const name of ["host", "user"]) await this.#makeKey(name);
    this.#knownHosts("host", "known");
    const lines = [
      ...[`Port ${this.#port}`, "ListenAddress 127.0.0.1", `HostKey ${this.#folder.join("host")}`],
      ...[`AuthorizedKeysFile ${this.#folder.join("user.pub")}`, "StrictModes no", "UsePAM no"],
      ...["PidFile none", "PermitRootLogin yes", "Subsystem sftp internal-sftp"],
    ];
    writeFileSync(this.#folder.join("sshd_config"), lines.join("\n"));
    // sshd separates its privileges there.
    mkdirSync("/run/sshd", { recursive: true });
  }

  async #makeKey(name: string): Promise<void> {
    must(await command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", this.#folder.join(name)]));
  }

  #knownHosts(key: string, name = `${key}-known`): string {
    const path = this.#folder.join(name);
    writeFileSync(path, `[127.0.0.1]:${this.#port} ${readFileSync(this.#folder.join(`${key}.pub`), "utf8")}`);
    return path;
  }

  async start(): Promise<void> {
    this.#process = Bun.spawn(["/usr/sbin/sshd", "-D", "-f", this.#folder.join("sshd_config")], {
      stdio: ["ignore", "ignore", "ignore"],
    });
    await until("sshd listens", () => this.#listens());
  }

  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.#port, "127.0.0.1");
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
  }

  async freeze(): Promise<void> {
    signalAll(await this.#processes(), "SIGSTOP");
  }

  async thaw(): Promise<void> {
    signalAll(await this.#processes(), "SIGCONT");
  }

  async kill(): Promise<void> {
    signalAll(await this.#processes(), "SIGKILL");
    await this.#process?.exited;
  }

  /** The one that listens, and those of its connections. */
  async #processes(): Promise<number[]> {
    const listed = must(await command(["ps", "-eo", "pid=,ppid="]))
      .stdout.trim()
      .split("\n");
    const parents = listed.map((line) => line.trim().split(/ +/).map(Number) as [number, number]);
    const family = [this.#process?.pid ?? -1];
    for (const parent of family) for (const [pid, of] of parents) if (of === parent) family.push(pid);
    return family;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#folder[Symbol.dispose]();
  }
}
