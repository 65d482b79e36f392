import type { TCPSocketListener } from "bun";
import { Connection, type Respond } from "./stream-connection.ts";

/** Per sandbox. Whoever comes later is turned away until another one has left. */
const CONNECTIONS = 64;

/** Questions over TCP: any number on one connection, answered in the order in which the answers are found. */
export class StreamServer {
  readonly #listener: TCPSocketListener<Connection>;
  readonly #connections = new Set<Connection>();

  /** Listens in the network namespace that this thread is in, on a port that the kernel chooses. */
  constructor(hostname: string, respond: Respond) {
    this.#listener = Bun.listen<Connection>({
      hostname,
      port: 0,
      allowHalfOpen: true,
      socket: {
        open: (socket) => {
          if (this.#connections.size >= CONNECTIONS) return void socket.terminate();
          socket.data = new Connection(socket, respond);
          this.#connections.add(socket.data);
        },
        data: ({ data }, chunk) => data?.receive(chunk),
        drain: ({ data }) => data?.flush(),
        end: ({ data }) => data?.finish(),
        timeout: ({ data }) => data?.expire(),
        close: ({ data }) => void this.#connections.delete(data),
        error: (socket) => void socket.terminate(),
      },
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  close(): void {
    this.#listener.stop(true);
    for (const connection of this.#connections) connection.terminate();
  }
}
