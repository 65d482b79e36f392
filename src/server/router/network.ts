import { forbidden } from "../../errors/index.ts";
import { type Exchange, unsupported } from "../http/exchange.ts";
import type { Route } from "./router.ts";

async function list(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.networks.list(exchange.query.filters()));
}

async function inspect(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.networks.inspect(exchange.name));
}

/** Only the networks that every engine has exist: nothing there is can be removed. */
async function remove(exchange: Exchange): Promise<void> {
  const { Name } = await exchange.backend.networks.inspect(exchange.name);
  throw forbidden(`${Name} is a pre-defined network and cannot be removed`);
}

/** `docker system prune` asks for it; without user-defined networks none is unused. */
function prune(exchange: Exchange): void {
  exchange.json({ NetworksDeleted: null });
}

const userDefined = unsupported("user-defined networks are not supported yet; use bridge, host or none");

export const networkRoutes: Route[] = [
  ["GET", "/networks", list],
  ["GET", "/networks/{name}", inspect],
  ["POST", "/networks/create", userDefined],
  ["POST", "/networks/{name}/connect", userDefined],
  ["POST", "/networks/{name}/disconnect", userDefined],
  ["POST", "/networks/prune", prune],
  ["DELETE", "/networks/{name}", remove],
];
