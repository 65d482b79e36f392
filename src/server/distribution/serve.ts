import type { RegistryAccess, RegistryServeMessage, RegistryServeRequest } from "../../api/index.ts";
import { productVersion } from "../../api/product.ts";
import type { ImageOffer, RegistryVerbs } from "../../engine/backend.ts";
import { AccessLog } from "./access-log.ts";
import { Authenticator, type Identity } from "./authenticator.ts";
import { failure, failureOf } from "./failure.ts";
import { listenForClients } from "./listen.ts";
import { noteOf } from "./note.ts";
import { route } from "./router.ts";

const commonHeaders = {
  "Docker-Distribution-API-Version": "registry/2.0",
  Server: `Slipway/${productVersion} (linux)`,
  "X-Content-Type-Options": "nosniff",
};

/**
 * Is a registry by the OCI distribution specification 1.1 until the signal is aborted: tells where it listens, and then
 * each request. What cannot be listened on, or a malformed password file, is an error before the first message.
 */
export async function* serveRegistry(
  registries: Pick<RegistryVerbs, "offer">,
  request: RegistryServeRequest,
  signal: AbortSignal,
): AsyncGenerator<RegistryServeMessage> {
  const { Htpasswd, Prefixes = [], Writable = false } = request;
  const users = Htpasswd === undefined ? undefined : new Authenticator(Htpasswd);
  await using offer = registries.offer({ prefixes: Prefixes, writable: Writable });
  const log = new AccessLog();
  const server = listenForClients(request, (one, at) => serveOne({ offer, users, log }, one, at));
  try {
    yield { Listening: server.url.href.replace(/\/$/, "") };
    yield* log.read(signal);
  } finally {
    await server.stop(true);
  }
}

interface Registry {
  readonly offer: ImageOffer;
  /** Absent: everybody may come in. */
  readonly users: Authenticator | undefined;
  readonly log: AccessLog;
}

async function serveOne(
  registry: Registry,
  request: Request,
  server: Bun.Server<undefined>,
): Promise<Response> {
  const { users, log } = registry;
  const client = server.requestIP(request);
  const identity = await users?.identify(request.headers.get("Authorization"));
  const answer = await authorized(registry, request, server, identity);
  for (const [name, value] of Object.entries(commonHeaders)) answer.headers.set(name, value);
  const note = noteOf(answer);
  const bytes = answer.headers.get("Content-Length");
  const agent = request.headers.get("User-Agent");
  const { pathname, search } = new URL(request.url);
  const access: RegistryAccess = {
    Time: new Date().toISOString(),
    Client: client === null ? "" : `${client.address}:${client.port}`,
    ...(typeof identity === "object" ? { User: identity.user } : {}),
    Method: request.method,
    Path: pathname + search,
    Status: request.signal.aborted ? clientClosed : answer.status,
    ...(bytes === null ? {} : { Bytes: Number(bytes) }),
    ...(agent === null ? {} : { Agent: agent }),
    ...(note === undefined ? {} : { Note: note }),
  };
  log.add(access);
  return answer;
}

/** nginx's number for a client that went away. */
const clientClosed = 499;

async function authorized(
  { offer }: Registry,
  request: Request,
  server: Bun.Server<undefined>,
  identity: Identity | undefined,
): Promise<Response> {
  if (identity === "busy")
    return failure("TOOMANYREQUESTS", "too many are logging in", { headers: { "Retry-After": "1" } });
  if (identity === "nobody") {
    const headers = { "WWW-Authenticate": 'Basic realm="Slipway", charset="UTF-8"' };
    return failure("UNAUTHORIZED", "authentication required", { headers });
  }
  const query = new URL(request.url).searchParams;
  const patient = () => server.timeout(request, 0);
  try {
    return await route({ offer, request, query, signal: request.signal, patient });
  } catch (error) {
    return failureOf(error, {});
  }
}
