import type { Socket } from "bun";
import { Framing, framed } from "./framing.ts";

const QUESTIONS = 128;
const UNSENT_BYTES = 1024 * 1024;
const IDLE_SECONDS = 12;

/** Answers a question; undefined to leave it without an answer. */
export type Respond = (question: Buffer) => Promise<Buffer | undefined>;

/** One client's connection. */
export class Connection {
  readonly #framing = new Framing();
  #unsent: Buffer = Buffer.alloc(0);
  #unanswered = 0;
  #finished = false;

  constructor(
    private readonly socket: Socket<Connection>,
    private readonly respond: Respond,
  ) {
    socket.timeout(IDLE_SECONDS);
  }

  receive(chunk: Buffer): void {
    for (const question of this.#framing.push(chunk)) {
      if (++this.#unanswered > QUESTIONS) {
        this.terminate();
        return;
      }
      this.respond(question)
        .then((answer) => this.#send(answer))
        .catch(() => this.terminate());
    }
  }

  /** The client has asked all it wants to ask. */
  finish(): void {
    this.#finished = true;
    this.flush();
  }

  /** Nothing came or went for a while. */
  expire(): void {
    if (this.#unanswered === 0 || this.#unsent.length > 0) this.terminate();
    else this.socket.timeout(IDLE_SECONDS);
  }

  flush(): void {
    if (this.#unsent.length > 0) this.#unsent = this.#unsent.subarray(this.#written(this.#unsent));
    if (this.#finished && this.#unanswered === 0 && this.#unsent.length === 0) this.socket.end();
  }

  terminate(): void {
    this.socket.terminate();
  }

  #send(answer: Buffer | undefined): void {
    this.#unanswered--;
    if (answer !== undefined) this.#unsent = Buffer.concat([this.#unsent, framed(answer)]);
    if (this.#unsent.length > UNSENT_BYTES) {
      this.terminate();
      return;
    }
    this.socket.timeout(IDLE_SECONDS);
    this.flush();
  }

  /** A connection that is closed takes nothing. */
  #written(bytes: Buffer): number {
    return Math.max(0, this.socket.write(bytes));
  }
}
