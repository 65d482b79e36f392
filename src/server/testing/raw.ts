import { connect, type NetConnectOpts, type Socket } from "node:net";

/** A client of bare bytes: what it sends and when is in the test's hands. */
export class RawClient {
  readonly #socket: Socket;
  #received = "";
  #ended = false;
  #changed = () => {};

  constructor(address: NetConnectOpts) {
    this.#socket = connect({ ...address, allowHalfOpen: true });
    this.#socket.on("data", (chunk) => {
      this.#received += chunk.toString("latin1");
      this.#changed();
    });
    this.#socket.on("close", () => {
      this.#ended = true;
      this.#changed();
    });
    this.#socket.on("end", () => {
      this.#ended = true;
      this.#changed();
    });
    this.#socket.on("error", () => {});
  }

  send(text: string | Uint8Array): void {
    this.#socket.write(text);
  }

  halfClose(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** What came up to and including `text`. */
  async until(text: string): Promise<string> {
    for (;;) {
      const at = this.#received.indexOf(text);
      if (at >= 0) return this.#take(at + text.length);
      if (this.#ended)
        throw new Error(`closed before ${JSON.stringify(text)}: ${JSON.stringify(this.#received)}`);
      await this.#change();
    }
  }

  /** What came up to the server's end. */
  async rest(): Promise<string> {
    while (!this.#ended) await this.#change();
    return this.#take(this.#received.length);
  }

  #take(length: number): string {
    const taken = this.#received.slice(0, length);
    this.#received = this.#received.slice(length);
    return taken;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
