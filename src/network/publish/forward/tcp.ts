import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Forwarder, ForwardOptions } from "./forwarder.ts";

/** As many connections at once; more are closed as they come, so that the engine keeps descriptors for its own. */
const CONNECTIONS = 1024;
const CONNECT_TIMEOUT_MS = 10_000;

/** Passes each connection's bytes on, in both directions, each of which ends by itself. */
export async function forwardTcp({ listen, target, onFailure }: ForwardOptions): Promise<Forwarder> {
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (clients.size >= CONNECTIONS) {
      client.destroy();
      return;
    }
    clients.add(client);
    client.once("close", () => clients.delete(client));
    pass(client, connect({ host: target.address, port: target.port, allowHalfOpen: true }));
  });
  server.listen({ host: listen.address, port: listen.port, ipv6Only: true, exclusive: true });
  await once(server, "listening");
  server.on("error", onFailure);
  return {
    close() {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}

/** What breaks one side is told to the other by breaking it: there is nobody else who could act on it. */
function pass(client: Socket, container: Socket): void {
  const abandon = () => {
    client.destroy();
    container.destroy();
  };
  for (const side of [client, container]) {
    side.setNoDelay(true);
    side.on("error", abandon);
    side.once("close", abandon);
  }
  container.setTimeout(CONNECT_TIMEOUT_MS, abandon);
  container.once("connect", () => container.setTimeout(0));
  client.pipe(container);
  container.pipe(client);
}
