import type { Backend } from "../engine/backend.ts";
import { listenActivated } from "./listen/activation.ts";
import { parseListenHost } from "./listen/host.ts";
import { listenTcp } from "./listen/tcp.ts";
import { listenUnix } from "./listen/unix.ts";
import { createListener, type Listener, type ServerLog } from "./listener.ts";

export { startRegistry } from "./distribution/start.ts";
export type { ServerLog } from "./listener.ts";

export interface ServerOptions {
  backend: Backend;
  /** As dockerd's `-H`: `unix:///path`, `tcp://127.0.0.1:port`, `fd://`. */
  hosts: readonly string[];
  /** Who besides root may use Unix sockets; `docker` unless said otherwise. */
  group?: string;
  log: ServerLog;
  /** Called when a request has come and when it was served. */
  onActivity?: () => void;
}

export interface RunningServer {
  /** Stops listening, cuts every connection off and removes the socket files. */
  close(): Promise<void>;
}

/**
 * Serves the Engine API on all the hosts. When one of them cannot be listened on, none is: the promise then
 * rejects with an error that names it.
 */
export async function startServer({
  backend,
  hosts,
  group = "docker",
  log,
  onActivity,
}: ServerOptions): Promise<RunningServer> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    await Promise.all(closers.splice(0).map((one) => one()));
  };
  try {
    for (const host of hosts) {
      closers.push(await listen(host, group, () => createListener(backend, log, onActivity)));
      log("info", `API listens on ${host}`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

async function listen(host: string, group: string, create: () => Listener): Promise<() => Promise<void>> {
  const address = parseListenHost(host);
  const listener = create();
  if ("activation" in address) return await listenActivated(listener);
  if ("unix" in address) {
    const removeFile = await listenUnix(listener.server, address.unix, group);
    return async () => {
      removeFile();
      await listener.close();
    };
  }
  await listenTcp(listener.server, address.hostname, address.port);
  return listener.close;
}
