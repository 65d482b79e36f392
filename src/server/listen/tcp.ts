import type { Server } from "node:http";
import { conflict, errnoOf, invalid } from "../../errors/index.ts";
import { isLoopback } from "./host.ts";
import { listening } from "./listening.ts";

/** Whoever reaches the port is root on this host, so without TLS only this host may. */
export async function listenTcp(server: Server, hostname: string, port: number): Promise<void> {
  if (!isLoopback(hostname)) {
    throw invalid(
      `refusing to listen on tcp://${hostname}:${port}: without TLS whoever reaches it controls this host; ` +
        "use tcp://127.0.0.1 and a tunnel",
    );
  }
  try {
    await listening(server, { host: hostname, port });
  } catch (cause) {
    if (errnoOf(cause) !== "EADDRINUSE") throw cause;
    throw conflict(`cannot listen on tcp://${hostname}:${port}: the port is in use`, { cause });
  }
}
