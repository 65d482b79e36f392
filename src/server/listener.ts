import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Backend } from "../engine/backend.ts";
import { messageOf, notFound } from "../errors/index.ts";
import { Exchange, type Upgrade } from "./http/exchange.ts";
import { answerFailure } from "./http/failure.ts";
import { router } from "./router/index.ts";
import { negotiate, newestVersion } from "./version/api-version.ts";

/** Where the server says what its operators should know. */
export type ServerLog = (level: "debug" | "info" | "warn" | "error", message: string) => void;

/** An HTTP server that does not listen yet, and how to end it with every connection it has. */
export interface Listener {
  server: Server;
  close(): Promise<void>;
}

/** A listener that answers with a backend. `onActivity` is called when a request has come and when it was served. */
export function createListener(backend: Backend, log: ServerLog, onActivity = () => {}): Listener {
  const answer = (request: IncomingMessage, response: ServerResponse, upgrade?: Upgrade) => {
    onActivity();
    void serve(backend, log, request, response, upgrade).finally(onActivity);
  };
  const server = createServer((request, response) => answer(request, response));
  const upgraded = new Set<Socket>();
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    // node:http leaves this to the listener, and the client holds its body back until it comes.
    if (request.headers.expect?.toLowerCase() === "100-continue")
      socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    // Such a connection cannot carry a second request: an answer in HTTP is its last.
    response.once("finish", () => socket.end());
    answer(request, response, { head });
  });
  // Uploads and streams take as long as they take.
  server.requestTimeout = 0;
  server.timeout = 0;
  // Clients keep connections for later and are not prepared to find them closed.
  server.keepAliveTimeout = 0;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    });
  return { server, close };
}

async function serve(
  backend: Backend,
  log: ServerLog,
  request: IncomingMessage,
  response: ServerResponse,
  upgrade: Upgrade | undefined,
): Promise<void> {
  const { version, path, search } = splitUrl(request.url ?? "/");
  // A client that goes away mid-answer is seen through the exchange's signal.
  response.on("error", () => {});
  let exchange = new Exchange(backend, request, response, newestVersion, "", search, upgrade);
  try {
    const spoken = version === undefined ? newestVersion : negotiate(version);
    const match = router.find(request.method ?? "GET", path);
    if (match === undefined) throw notFound("page not found");
    exchange = new Exchange(backend, request, response, spoken, match.name, search, upgrade);
    await match.handler(exchange);
  } catch (thrown) {
    report(exchange, thrown, log);
  }
}

function report(exchange: Exchange, thrown: unknown, log: ServerLog): void {
  const { method, url } = exchange.request;
  try {
    const error = answerFailure(exchange, thrown);
    const level = error.kind === "system" || error.kind === "exhausted" ? "error" : "debug";
    log(level, `${method} ${url}: ${error.message}`);
  } catch (failure) {
    log("error", `${method} ${url}: ${messageOf(thrown)}; answering failed too: ${messageOf(failure)}`);
    exchange.request.socket.destroy();
  }
}

/** Takes `/v1.44/path?query` apart without a regular expression: every request goes through here. */
export function splitUrl(url: string): { version: string | undefined; path: string; search: string } {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const search = mark < 0 ? "" : url.slice(mark + 1);
  const digit = path.charCodeAt(2);
  if (path.startsWith("/v") && digit >= 0x30 && digit <= 0x39) {
    const end = path.indexOf("/", 2);
    if (end > 0) return { version: path.slice(2, end), path: path.slice(end), search };
  }
  return { version: undefined, path, search };
}
