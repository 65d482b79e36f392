import { invalid } from "../../errors/index.ts";
import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { networkConnect, networkCreate, networkDisconnect } from "../request/network.ts";
import { networkCreateFrom } from "../version/network.ts";
import type { Route } from "./router.ts";

async function list(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.networks.list(exchange.query.filters()));
}

async function inspect(exchange: Exchange): Promise<void> {
  const { backend, name, query } = exchange;
  const scope = query.string("scope");
  const options = { verbose: query.boolean("verbose"), ...(scope === undefined ? {} : { scope }) };
  exchange.json(await backend.networks.inspect(name, options));
}

async function create(exchange: Exchange): Promise<void> {
  const request = await readJson(exchange, networkCreate);
  if (request === undefined) throw invalid("the network's settings are missing: send them as JSON");
  exchange.json(await exchange.backend.networks.create(networkCreateFrom(exchange.version, request)), 201);
}

async function remove(exchange: Exchange): Promise<void> {
  await exchange.backend.networks.remove(exchange.name);
  exchange.empty();
}

async function connect(exchange: Exchange): Promise<void> {
  const request = await readJson(exchange, networkConnect);
  if (!request?.Container) throw invalid("no container named: say which one to connect");
  await exchange.backend.networks.connect(exchange.name, request);
  exchange.empty(200);
}

async function disconnect(exchange: Exchange): Promise<void> {
  const request = await readJson(exchange, networkDisconnect);
  if (!request?.Container) throw invalid("no container named: say which one to disconnect");
  await exchange.backend.networks.disconnect(exchange.name, request);
  exchange.empty(200);
}

async function prune(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.networks.prune(exchange.query.filters()));
}

export const networkRoutes: Route[] = [
  ["GET", "/networks", list],
  ["GET", "/networks/{name}", inspect],
  ["POST", "/networks/create", create],
  ["POST", "/networks/{name}/connect", connect],
  ["POST", "/networks/{name}/disconnect", disconnect],
  ["POST", "/networks/prune", prune],
  ["DELETE", "/networks/{name}", remove],
];
