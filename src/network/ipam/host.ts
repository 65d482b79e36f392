import { type Family, RouteSocket } from "../../os/netlink/index.ts";
import { holderOf, type Occupied, occupiedByHost } from "./occupied.ts";
import { parseSubnet } from "./subnet.ts";
import { freeSubnet, type SubnetBlock } from "./subnet-pool.ts";

/** The first subnet of the blocks that overlaps neither `taken` nor a route or an address of the host. */
export function chooseSubnet(blocks: readonly SubnetBlock[], taken: readonly Occupied[] = []): string {
  using host = new RouteSocket();
  const families = new Set(blocks.map(({ base }) => parseSubnet(base).family));
  // First those that have names of their own: their bridges are routes as well.
  return freeSubnet(blocks, [...taken, ...occupiedByHost(host, [...families])]);
}

/**
 * What of the host overlaps a subnet: a route in any table or an address of its own, those of the interface `except`
 * aside.
 */
export function holderOnHost(subnet: string, except?: string): Occupied | undefined {
  using host = new RouteSocket();
  return holderOf(subnet, occupiedByHost(host, [parseSubnet(subnet).family], except));
}

/** The first address of an existing interface as "172.17.0.1/16", or undefined without interface or address. */
export function interfaceAddress(name: string, family: Family = 4): string | undefined {
  using host = new RouteSocket();
  const link = host.link(name);
  const own = link && host.addresses(family).filter(({ index }) => index === link.index);
  const found = own?.find(({ address }) => !address.startsWith("fe80:"));
  return found && `${found.address}/${found.prefixLength}`;
}
