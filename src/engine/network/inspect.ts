import type { Filters, NetworkInspect, NetworkRule, NetworkVerbose } from "../../api/index.ts";
import { notFound } from "../../errors/index.ts";
import type { CountedRule } from "../../network/index.ts";
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
export async function inspectNetwork(
  { networks, containers, network: room }: EngineContext,
  ref: string,
  { scope, verbose }: InspectNetworkOptions = {},
): Promise<NetworkInspect & NetworkVerbose> {
  const network = networks.find(ref);
  if (scope && scope !== "local") throw notFound(`network ${ref} not found`);
  const inspected = toWire(network, membersOf(containers, network));
  return verbose ? { ...inspected, Rules: (await room.rules(network.id)).map(ruleToWire) } : inspected;
}

const ruleToWire = ({ chain, rule, packets, bytes }: CountedRule): NetworkRule => ({
  ...{ Chain: chain, Rule: rule, Packets: packets, Bytes: bytes },
});
