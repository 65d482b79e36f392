import { isIPv6 } from "node:net";
import type { Family } from "../../os/netlink/index.ts";
import type { BridgeNetwork, GatewayMode, NetworkSettings } from "../model.ts";

export type { Family };

/** Of an address or a subnet. */
export function familyOf(text: string): Family {
  return isIPv6(text.split("/")[0] ?? "") ? 6 : 4;
}

export function prefixLengthOf(subnet: string): number {
  return Number(subnet.split("/")[1]);
}

/** fe80::/10, which is on every interface and is routed nowhere. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

export function hasFamily({ subnets }: NetworkSettings, family: Family): boolean {
  return subnets.some(({ subnet }) => familyOf(subnet) === family);
}

/** How a bridge network is reached from outside, for addresses of one family. */
export function gatewayMode(network: BridgeNetwork, family: Family): GatewayMode {
  return (family === 4 ? network.gatewayMode4 : network.gatewayMode6) ?? "nat";
}

/** Whether something leads out of the network for addresses of this family. */
export function leadsOut(network: NetworkSettings, family: Family): boolean {
  if (network.internal === true || !hasFamily(network, family)) return false;
  return network.driver !== "bridge" || gatewayMode(network, family) !== "isolated";
}
