import type { Backend } from "../../engine/backend.ts";
import { invalid } from "../../errors/index.ts";
import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { networkConnect, networkCreate, networkDisconnect, networkDoctor } from "../request/network.ts";
import { networkCreateFrom } from "../version/network.ts";
import type { Route } from "./router.ts";

async function list(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.networks.list(exchange.query.filters()));
}

const inspect = (exchange: Exchange): Promise<void> => inspectNamed(exchange, exchange.name);

async function inspectNamed(exchange: Exchange, name: string): Promise<void> {
  const { backend, query } = exchange;
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

/** Who does not say `draw` means a network that is called graph, if there is one: Docker's clients do. */
async function graph(exchange: Exchange): Promise<void> {
  const { backend, query } = exchange;
  const isNamed = !query.boolean("draw") && (await isNetwork(backend, "graph"));
  if (isNamed) await inspectNamed(exchange, "graph");
  else exchange.json(await backend.networks.graph());
}

async function isNetwork({ networks }: Backend, name: string): Promise<boolean> {
  return (await networks.list({ name: [name] })).some(({ Name }) => Name === name);
}

async function doctor(exchange: Exchange): Promise<void> {
  const request = await readJson(exchange, networkDoctor);
  if (!request?.Container) throw invalid("no container named: say from which one to test");
  if (!request.Target) throw invalid("no target named: say whom the container is to reach");
  exchange.json(await exchange.backend.networks.diagnose(request, exchange.signal));
}

export const networkRoutes: Route[] = [
  ["GET", "/networks", list],
  ["GET", "/networks/graph", graph],
  ["GET", "/networks/{name}", inspect],
  ["POST", "/networks/create", create],
  ["POST", "/networks/{name}/connect", connect],
  ["POST", "/networks/{name}/disconnect", disconnect],
  ["POST", "/networks/prune", prune],
  ["POST", "/networks/doctor", doctor],
  ["DELETE", "/networks/{name}", remove],
];
