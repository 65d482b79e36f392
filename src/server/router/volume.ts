import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { volumeCreate } from "../request/volume.ts";
import type { Route } from "./router.ts";
import { volumeCopyRoutes } from "./volume-copies.ts";

async function list(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.volumes.list(exchange.query.filters()));
}

async function inspect(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.volumes.inspect(exchange.name));
}

async function create(exchange: Exchange): Promise<void> {
  const request = (await readJson(exchange, volumeCreate)) ?? {};
  exchange.json(await exchange.backend.volumes.create(request), 201);
}

async function remove(exchange: Exchange): Promise<void> {
  await exchange.backend.volumes.remove(exchange.name, { force: exchange.query.boolean("force") });
  exchange.empty();
}

/** Until 1.42 a prune took named volumes as well as anonymous ones. */
async function prune(exchange: Exchange): Promise<void> {
  const filters = exchange.query.filters();
  const all = exchange.version.before(42) ? { all: ["true"] } : {};
  exchange.json(await exchange.backend.volumes.prune({ ...filters, ...all }));
}

export const volumeRoutes: Route[] = [
  ["GET", "/volumes", list],
  ["POST", "/volumes/create", create],
  ["POST", "/volumes/prune", prune],
  ["GET", "/volumes/{name}", inspect],
  ["DELETE", "/volumes/{name}", remove],
  ...volumeCopyRoutes,
];
