import type { Server } from "node:http";
import type { Backend } from "../engine/backend.ts";
import { listenActivated } from "./listen/activation.ts";
import { parseListenHost } from "./listen/host.ts";
import { listenTcp } from "./listen/tcp.ts";
import { listenUnix } from "./listen/unix.ts";
import { createListener, type ServerLog } from "./listener.ts";

export type { ServerLog } from "./listener.ts";

export interface ServerOptions {
  backend: Backend;
  /** As dockerd's `-H`: `unix:///path`, `tcp://127.0.0.1:port`, `fd://`. */
  hosts: readonly string[];
  log: ServerLog;
}

export interface RunningServer {
  /** Stops listening, cuts every connection off and removes the socket files. */
  close(): Promise<void>;
}

/**
 * Serves the Engine API on all the hosts. When one of them cannot be listened on, none is: the promise then
 * rejects with an error that names it.
 */
export async function startServer({ backend, hosts, log }: ServerOptions): Promise<RunningServer> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    await Promise.all(closers.splice(0).map((one) => one()));
  };
  try {
    for (const host of hosts) {
      closers.push(await listen(host, () => createListener(backend, log)));
      log("info", `API listens on ${host}`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

async function listen(host: string, create: () => Server): Promise<() => Promise<void>> {
  const address = parseListenHost(host);
  if ("activation" in address) return await listenActivated(create);
  const server = create();
  if ("unix" in address) {
    const removeFile = await listenUnix(server, address.unix);
    return async () => {
      removeFile();
      await closeServer(server);
    };
  }
  await listenTcp(server, address.hostname, address.port);
  return () => closeServer(server);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
