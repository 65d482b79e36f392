import { afterEach } from "bun:test";
import { closeSync } from "node:fs";
import { createNamespace } from "../netns.ts";
import { createBridge, RouteSocket } from "./index.ts";

const opened: number[] = [];

/** A network of its own, where nothing else is, until the test ends. */
export function emptyNetwork(): { fd: number; socket: RouteSocket } {
  const { fd, result: socket } = createNamespace(() => new RouteSocket());
  opened.push(fd);
  return { fd, socket };
}

/** The same with a bridge that is up. */
export function bridgedNetwork(): { fd: number; socket: RouteSocket; index: number } {
  const network = emptyNetwork();
  network.socket.transact(createBridge("br0", { up: true }));
  return { ...network, index: network.socket.link("br0")?.index ?? 0 };
}

afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
});
