import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A way to a server of loopback that lets so many bytes of its answers through and then holds the others back, or
 * cuts the connections, until it is opened.
 */
export class Gate implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #left = Number.POSITIVE_INFINITY;
  #cuts = false;
  #held: (() => void)[] = [];
  #reached = Promise.withResolvers<void>();

  private constructor(private readonly target: number) {
    this.#server = createServer((client) => this.#connect(client));
  }

  /** `target` is `127.0.0.1:PORT`. */
  static async open(target: string): Promise<Gate> {
    const gate = new Gate(Number(target.split(":").at(-1)));
    await new Promise<void>((listening) => gate.#server.listen(0, "127.0.0.1", listening));
    return gate;
  }

  get host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** Lets so many bytes through; the promise resolves when they have gone. */
  limit(bytes: number, then: "hold" | "cut"): Promise<void> {
    this.#left = bytes;
    this.#cuts = then === "cut";
    this.#reached = Promise.withResolvers();
    return this.#reached.promise;
  }

  /** From now on everything passes. */
  open(): void {
    this.#left = Number.POSITIVE_INFINITY;
    for (const release of this.#held.splice(0)) release();
  }

  #connect(client: Socket): void {
    const server = connect(this.target, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        (socket === client ? server : client).destroy();
      });
    }
    client.on("data", (chunk) => server.write(chunk));
    server.on("data", (chunk: Buffer) => this.#pass(chunk, server, client));
  }

  #pass(chunk: Buffer, server: Socket, client: Socket): void {
    if (chunk.length <= this.#left) {
      this.#left -= chunk.length;
      client.write(chunk);
      return;
    }
    client.write(chunk.subarray(0, this.#left));
    const rest = chunk.subarray(this.#left);
    this.#left = 0;
    this.#reached.resolve();
    if (this.#cuts) {
      this.#left = Number.POSITIVE_INFINITY;
      client.end(() => server.destroy());
      return;
    }
    server.pause();
    this.#held.push(() => {
      client.write(rest);
      server.resume();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }
}
