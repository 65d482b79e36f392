import { invalid } from "../../errors/index.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../oci/reference.ts";
import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
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

export const registryRoutes: Route[] = [
  ["POST", "/auth", login],
  ["GET", "/distribution/{name}/json", distribution],
  ["GET", "/images/search", search],
];
