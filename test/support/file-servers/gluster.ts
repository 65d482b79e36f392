import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { command, until } from "../engine.ts";
import { Folder } from "../folder.ts";
import { must } from "../suite.ts";
import { type FileServer, signalAll } from "./server.ts";

/** glusterd with a volume of one brick, on an address of its own: it does not serve the loopback addresses themselves. */
export class GlusterServer implements FileServer {
  readonly #folder = new Folder();
  readonly #address = `10.127.${(process.pid >> 8) & 255}.${process.pid & 255}`;
  #process: Bun.Subprocess | undefined;

  static async start(): Promise<GlusterServer> {
    const server = new GlusterServer();
    for (const name of ["brick", "work", "run"]) mkdirSync(server.#folder.join(name));
    must(await command(["ip", "address", "add", `${server.#address}/32`, "dev", "lo"]));
    await server.start();
    await server.#say("volume", "create", "store", `${server.#address}:${server.directory}`, "force");
    await server.#say("volume", "start", "store");
    return server;
  }

  get directory(): string {
    return this.#folder.join("brick");
  }

  get options(): Record<string, string> {
    return { type: "glusterfs", device: `${this.#address}:/store` };
  }

  async start(): Promise<void> {
    writeFileSync(this.#folder.join("glusterd.vol"), this.#configuration());
    const files = ["volfile=glusterd.vol", "pid-file=pid", "log-file=log"].map((word) => {
      const [option, name = ""] = word.split("=");
      return `--${option}=${this.#folder.join(name)}`;
    });
    this.#process = Bun.spawn(["glusterd", ...files, "--no-daemon"], {
      stdio: ["ignore", "ignore", "ignore"],
    });
    const list = [...this.#command(), "volume", "list"];
    await until("glusterd answers", async () => (await command(list)).code === 0, 30_000);
  }

  #configuration(): string {
    const options = {
      "working-directory": this.#folder.join("work"),
      "run-directory": this.#folder.join("run"),
      "glusterd-sockfile": this.#folder.join("socket"),
      "transport-type": "socket",
      "transport.socket.bind-address": this.#address,
    };
    const lines = Object.entries(options).map(([name, value]) => `option ${name} ${value}`);
    return ["volume management", "type mgmt/glusterd", ...lines, "end-volume", ""].join("\n");
  }

  #command(): string[] {
    return ["gluster", "--mode=script", `--glusterd-sock=${this.#folder.join("socket")}`];
  }

  async #say(...words: string[]): Promise<void> {
    must(await command([...this.#command(), ...words]));
  }

  async freeze(): Promise<void> {
    signalAll(this.#processes(), "SIGSTOP");
  }

  async thaw(): Promise<void> {
    signalAll(this.#processes(), "SIGCONT");
  }

  async kill(): Promise<void> {
    signalAll(this.#processes(), "SIGKILL");
    await this.#process?.exited;
  }

  /** glusterd, and what serves the brick. */
  #processes(): number[] {
    const files = readdirSync(this.#folder.join("run"), { recursive: true, encoding: "utf8" });
    const bricks = files
      .filter((name) => name.endsWith(".pid"))
      .map((name) => Number(readFileSync(this.#folder.join("run", name), "utf8")))
      .filter((pid) => pid > 0);
    return [this.#process?.pid ?? -1, ...bricks];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await command(["ip", "address", "delete", `${this.#address}/32`, "dev", "lo"]);
    this.#folder[Symbol.dispose]();
  }
}
