import type { RegistryServeRequest } from "../../api/index.ts";
import { conflict, errnoOf, invalid, systemError } from "../../errors/index.ts";
import { isLoopback } from "../listen/host.ts";
import { failureOf } from "./failure.ts";

/** A connection that nothing passes on is closed after so many seconds. */
const idleTimeout = 120;

type Answer = (request: Request, server: Bun.Server<undefined>) => Promise<Response>;

/** Listens for clients of the registry. `invalid` for what may not or cannot be listened on, `conflict` for what is in use. */
export function listenForClients(request: RegistryServeRequest, answer: Answer): Bun.Server<undefined> {
  const { Listen, Certificate, Key, Insecure = false } = request;
  const { hostname, port } = parseAddress(Listen);
  if ((Certificate === undefined) !== (Key === undefined))
    throw invalid("a certificate and its key belong together: give --tls-cert and --tls-key");
  if (Certificate === undefined && !Insecure && !isLoopback(hostname)) {
    throw invalid(
      `refusing to serve ${Listen} without TLS: others could read and change what passes; give --tls-cert and ` +
        "--tls-key, or say --insecure (options of the engine: --registry-tls-cert and so on)",
    );
  }
  const tls = Certificate === undefined ? {} : { tls: { cert: Certificate, key: Key } };
  try {
    return Bun.serve({
      hostname,
      port,
      idleTimeout,
      development: false,
      // Not said, it is true without `development`: two registries would share the port, by chance.
      reusePort: false,
      // Layers are as large as they are.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: answer,
      // Of what happens after an answer was given: its file has gone.
      error: (thrown) => failureOf(thrown, {}),
      ...tls,
    } as Bun.Serve.Options<undefined>);
  } catch (cause) {
    throw listenFailure(Listen, cause);
  }
}

function listenFailure(address: string, cause: unknown): Error {
  const errno = errnoOf(cause);
  if (errno === "EADDRINUSE") return conflict(`cannot listen on ${address}: the port is in use`, { cause });
  const why = cause instanceof Error ? cause.message : String(cause);
  return errno === undefined || errno.startsWith("ERR_")
    ? invalid(`cannot serve ${address}: ${why}`, { cause })
    : systemError(`cannot listen on ${address}: ${why}`, { cause });
}

function parseAddress(text: string): { hostname: string; port: number } {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw invalid(`invalid address "${text}": use address:port, such as 127.0.0.1:5000`);
  return { hostname: (match[1] as string).replace(/^\[|\]$/g, ""), port };
}
