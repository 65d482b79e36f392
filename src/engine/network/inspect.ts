import type { Filters, NetworkInspect } from "../../api/index.ts";
import { notFound } from "../../errors/index.ts";
import type { InspectNetworkOptions } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { networkFilter } from "./filter.ts";
import { membersOf } from "./members.ts";
import { toWire } from "./wire.ts";

/** `network ls`. As with Docker, who is on a network is told by `inspect` only. */
export function listNetworks({ networks, containers }: EngineContext, filters: Filters): NetworkInspect[] {
  const accepts = networkFilter(filters, (network) => Object.keys(membersOf(containers, network)).length > 0);
  return [...networks].filter(accepts).map((network) => toWire(network, {}));
}

/** `network inspect`: every network of this engine has the scope `local`. */
export function inspectNetwork(
  { networks, containers }: EngineContext,
  ref: string,
  { scope }: InspectNetworkOptions = {},
): NetworkInspect {
  const network = networks.find(ref);
  if (scope && scope !== "local") throw notFound(`network ${ref} not found`);
  return toWire(network, membersOf(containers, network));
}
