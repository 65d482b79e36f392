import { closeSync, openSync } from "node:fs";
import type { udp } from "bun";
import { inNamespace } from "../../os/netns.ts";
import { leadPort } from "./lead-port.ts";
import type { Transport } from "./message.ts";
import { StreamServer } from "./stream-server.ts";

/** Where a container's resolv.conf sends its questions. */
export const NAME_SERVER = "127.0.0.11";

/** Answers a question; undefined to leave it without an answer. Never rejects. */
export type Responder = (question: Buffer, transport: Transport) => Promise<Buffer | undefined>;

/**
 * Listens in a sandbox's network namespace at 127.0.0.11. Its ports are ones that the kernel chooses, so that a name
 * server in the container may have port 53 at all addresses; what is sent to 127.0.0.11:53 is led to them.
 */
export class Server {
  /** Keeps the namespace, whatever becomes of the descriptor it was opened with. */
  readonly namespace: number;
  #datagrams: udp.Socket<"buffer"> | undefined;
  #streams: StreamServer | undefined;
  #closed = false;

  constructor(
    namespace: number,
    private readonly respond: Responder,
  ) {
    this.namespace = openSync(`/proc/self/fd/${namespace}`, "r");
  }

  /** Begins to answer. Whatever an earlier server in this namespace led to its own ports now leads here. */
  async open(): Promise<void> {
    // Both sockets are made while the thread is inside, although one is handed out as a promise.
    const opening = inNamespace(this.namespace, () => {
      this.#streams = new StreamServer(NAME_SERVER, (question) => this.respond(question, "tcp"));
      return this.#openDatagrams();
    });
    this.#datagrams = await opening;
    if (this.#closed) return this.#datagrams.close();
    await leadPort(this.namespace, NAME_SERVER, { udp: this.#datagrams.port, tcp: this.#streams!.port });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#datagrams?.close();
    this.#streams?.close();
    closeSync(this.namespace);
  }

  #openDatagrams(): Promise<udp.Socket<"buffer">> {
    return Bun.udpSocket({
      hostname: NAME_SERVER,
      port: 0,
      socket: {
        data: (socket, question, port, address) => {
          // The datagram's memory is the socket's.
          this.respond(Buffer.from(question), "udp")
            .then((answer) => answer && !this.#closed && socket.send(answer, port, address))
            // What the container's own packet filter does not let out, or what finds no room, is asked for again.
            .catch(() => undefined);
        },
        // Of an asker that left before its answer came.
        error: () => undefined,
      },
    });
  }
}
