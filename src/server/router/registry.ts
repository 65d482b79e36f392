import type { RegistryServeRequest } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../oci/reference.ts";
import { serveRegistry } from "../distribution/serve.ts";
import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendJsonLines } from "../http/stream.ts";
import { boolean, list, object, string } from "../request/decode.ts";
import { authConfig, normalized, registryAuth } from "../request/registry-auth.ts";
import { withoutLoginPrompt } from "../version/login-prompt.ts";
import type { Route } from "./router.ts";

async function login(exchange: Exchange): Promise<void> {
  const config = await readJson(exchange, authConfig);
  if (config === undefined) throw invalid("invalid JSON: the body must be credentials, and it is empty");
  exchange.json(await exchange.backend.registries.login(normalized(config), exchange.signal));
}

async function distribution(exchange: Exchange): Promise<void> {
  const { backend, name, request, signal } = exchange;
  const ref = familiarReference(withDefaultTag(parseReference(name)));
  exchange.json(await backend.registries.distribution(ref, registryAuth(request), signal));
}

const maxLimit = 100;

async function search(exchange: Exchange): Promise<void> {
  const { backend, query, request, signal } = exchange;
  const term = query.required("term");
  if (term.includes("://")) {
    throw invalid(`invalid repository name: repository name (${term}) should not have a scheme`);
  }
  const limit = query.integer("limit");
  if (limit !== undefined && (limit < 0 || limit > maxLimit)) {
    throw invalid(`limit ${limit} is outside the range of [1, ${maxLimit}]`);
  }
  const auth = registryAuth(request);
  const options = {
    ...(limit ? { limit } : {}),
    filters: query.filters(),
    ...(auth === undefined ? {} : { auth }),
  };
  exchange.json(await withoutLoginPrompt(exchange, backend.registries.search(term, options, signal)));
}

const serveRequest = object<RegistryServeRequest>({
  Listen: string,
  Certificate: string,
  Key: string,
  Htpasswd: string,
  Writable: boolean,
  Insecure: boolean,
  Prefixes: list(string),
});

/** Slipway's own: a registry for as long as the client reads. What keeps it from listening is an HTTP error. */
async function serve(exchange: Exchange): Promise<void> {
  const request = await readJson(exchange, serveRequest);
  if (!request?.Listen) throw invalid("bad parameter: 'Listen' must be an address, such as 127.0.0.1:5000");
  const messages = serveRegistry(exchange.backend.registries, request, exchange.signal);
  const listening = await messages.next();
  exchange.begin("application/json");
  await sendJsonLines(exchange, resumed(listening, messages));
}

async function* resumed<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (!first.done) yield first.value;
  yield* rest;
}

export const registryRoutes: Route[] = [
  ["POST", "/registry/serve", serve],
  ["POST", "/auth", login],
  ["GET", "/distribution/{name}/json", distribution],
  ["GET", "/images/search", search],
];
