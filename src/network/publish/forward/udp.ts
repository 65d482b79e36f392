import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { familyOf } from "../plan.ts";
import type { Endpoint, Forwarder, ForwardOptions } from "./forwarder.ts";

/** As many clients at once; the one that has been silent longest makes way for a new one. */
const CLIENTS = 1024;
/** As long as the kernel remembers a UDP stream: nf_conntrack_udp_timeout_stream. */
const SILENT_MS = 120_000;
const SWEEP_MS = 30_000;

/** A client and the socket that stands for it towards the container. */
interface Flow {
  readonly socket: Socket;
  lastSeen: number;
}

/** Passes datagrams on, with a socket of its own for each client, so that answers find back. */
export async function forwardUdp({ listen, target, onFailure }: ForwardOptions): Promise<Forwarder> {
  const server = createSocket({ type: typeOf(listen.address), ipv6Only: true, reuseAddr: true });
  const flows = new Flows(server, target);
  server.on("message", (datagram, client) => flows.pass(datagram, client));
  server.bind({ address: listen.address, port: listen.port, exclusive: true });
  await once(server, "listening");
  server.on("error", onFailure);
  const sweep = setInterval(() => flows.sweep(), SWEEP_MS).unref();
  return {
    close() {
      clearInterval(sweep);
      server.close();
      flows.close();
    },
  };
}

const typeOf = (address: string) => (familyOf(address) === 4 ? "udp4" : "udp6");

class Flows {
  /** In the order in which they were last heard of. */
  readonly #flows = new Map<string, Flow>();

  constructor(
    private readonly server: Socket,
    private readonly target: Endpoint,
  ) {}

  pass(datagram: Buffer, client: Endpoint): void {
    const key = `${client.address} ${client.port}`;
    const flow = this.#flows.get(key) ?? this.#open(key, client);
    this.#flows.delete(key);
    this.#flows.set(key, flow);
    flow.lastSeen = performance.now();
    flow.socket.send(datagram, this.target.port, this.target.address);
  }

  sweep(): void {
    for (const [key, { lastSeen }] of this.#flows) {
      if (performance.now() - lastSeen < SILENT_MS) return;
      this.#end(key);
    }
  }

  close(): void {
    for (const key of [...this.#flows.keys()]) this.#end(key);
  }

  #open(key: string, client: Endpoint): Flow {
    const [oldest] = this.#flows.keys();
    if (oldest !== undefined && this.#flows.size >= CLIENTS) this.#end(oldest);
    const { address, port } = this.target;
    const socket = createSocket(typeOf(address));
    socket.on("message", (answer, from) => {
      if (from.port === port && from.address === address)
        this.server.send(answer, client.port, client.address);
    });
    // What cannot be delivered is lost, as datagrams are; the next one tries anew.
    socket.on("error", () => this.#end(key));
    return { socket, lastSeen: 0 };
  }

  #end(key: string): void {
    this.#flows.get(key)?.socket.close();
    this.#flows.delete(key);
  }
}
