import { connect, type Socket } from "node:net";

export interface Head {
  status: number;
  reason: string;
  /** Names in lower case. */
  headers: Map<string, string>;
}

/** One HTTP connection in the test's hands: what goes out and when, and every byte that comes back. */
export class Connection implements Disposable {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  constructor(path: string) {
    this.#socket = connect({ path, allowHalfOpen: true });
    this.#socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    this.#socket.on("end", end);
    this.#socket.on("close", end);
    this.#socket.on("error", end);
  }

  /** Sends a request's head, and its body when there is one. */
  request(method: string, path: string, headers: Record<string, string> = {}, body?: string | object): void {
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    const all: Record<string, string> = {
      Host: "engine",
      ...(text === undefined
        ? {}
        : { "Content-Type": "application/json", "Content-Length": `${Buffer.byteLength(text)}` }),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    this.send(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${text ?? ""}`);
  }

  send(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** Half-close: no more is sent, what comes is still read. */
  end(): void {
    this.#socket.end();
  }

  /** Stops reading, as a client does that is too slow. */
  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The reply's status line and headers. */
  async head(): Promise<Head> {
    const text = (await this.#upTo("\r\n\r\n")).toString("latin1");
    const [first = "", ...lines] = text.split("\r\n");
    const match = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(first);
    if (match === null) throw new Error(`no status line: ${JSON.stringify(text)}`);
    const headers = lines
      .filter((line) => line !== "")
      .map((line): [string, string] => [
        line.slice(0, line.indexOf(":")).toLowerCase(),
        line.slice(line.indexOf(":") + 1).trim(),
      ]);
    return { status: Number(match[1]), reason: match[2] ?? "", headers: new Map(headers) };
  }

  /** Exactly `length` bytes. */
  async take(length: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= length);
    return this.#cut(length);
  }

  /** One frame of a multiplexed stream. */
  async frame(): Promise<{ stream: number; text: string }> {
    const header = await this.take(8);
    return { stream: header[0] ?? -1, text: (await this.take(header.readUInt32BE(4))).toString() };
  }

  /** Bytes up to and including `text`. */
  async until(text: string): Promise<string> {
    return (await this.#upTo(text)).toString();
  }

  /** Everything up to the server's end. */
  async rest(): Promise<Buffer> {
    while (!this.#ended) await this.#change();
    return this.#cut(this.#received.length);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #upTo(text: string): Promise<Buffer> {
    await this.#until(() => this.#received.indexOf(text) >= 0);
    return this.#cut(this.#received.indexOf(text) + text.length);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#ended)
        throw new Error(`the connection ended after ${JSON.stringify(this.#received.toString())}`);
      await this.#change();
    }
  }

  #cut(length: number): Buffer {
    const cut = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return cut;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** The payload of a multiplexed stream, by stream number. */
export function unframe(data: Buffer): { stdout: string; stderr: string } {
  const streams = ["", "", ""];
  for (let at = 0; at + 8 <= data.length; ) {
    const length = data.readUInt32BE(at + 4);
    streams[data[at] ?? 0] += data.subarray(at + 8, at + 8 + length).toString();
    at += 8 + length;
  }
  return { stdout: streams[1] ?? "", stderr: streams[2] ?? "" };
}
