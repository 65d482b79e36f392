import { conflict, invalid } from "../../errors/index.ts";
import {
  addAddress,
  type InterfaceAddress,
  type Link,
  type NetlinkRequest,
  type RouteSocket,
  removeAddress,
  replaceRoute,
} from "../../os/netlink/index.ts";
import { canonicalAddress, contains, formatSubnet, parseAddress, parseSubnet } from "../ipam/index.ts";
import type { BridgeNetwork } from "../model.ts";
import { type Family, familyOf, gatewayMode, isLinkLocal, prefixLengthOf } from "./families.ts";

type Address = Pick<InterfaceAddress, "address" | "prefixLength">;

const same = (a: Address) => (b: Address) => a.address === b.address && a.prefixLength === b.prefixLength;

/** The bridge's own addresses: the gateways of its subnets, where it is to have any. */
export function bridgeAddresses(network: BridgeNetwork): Address[] {
  return network.subnets.flatMap(({ subnet, gateway }) => {
    if (gateway === undefined) return [];
    const family = familyOf(subnet);
    const local = isLinkLocal(gateway);
    if (familyOf(gateway) !== family || !(local || contains(parseSubnet(subnet), parseAddress(gateway)))) {
      throw invalid(`the gateway ${gateway} is not in the subnet ${subnet} of the network ${network.name}`);
    }
    const inhibited = family === 4 && network.inhibitIPv4 === true;
    if (inhibited || gatewayMode(network, family) === "isolated") return [];
    return [{ address: canonicalAddress(gateway), prefixLength: local ? 64 : prefixLengthOf(subnet) }];
  });
}

/**
 * Gives a bridge its addresses. One of ours loses those of an earlier configuration; one that the administrator
 * made keeps what it has, and `conflict` says so if that is of the same family and something else.
 */
export function assignAddresses(
  host: RouteSocket,
  bridge: Link,
  network: BridgeNetwork,
  ours: boolean,
): void {
  const wanted = bridgeAddresses(network);
  const all = addressesOf(host, bridge);
  const missing = wanted.filter((address) => !all.some(same(address)));
  // Link-local ones are the kernel's.
  const present = all.filter(({ address }) => !isLinkLocal(address));
  if (ours) {
    host.transact(...present.filter((address) => !wanted.some(same(address))).map(removeAddress));
  } else {
    for (const { address, prefixLength } of missing) {
      const other = firstOf(present, familyOf(address));
      if (other === undefined) continue;
      throw conflict(
        `the bridge ${bridge.name} exists and has the address ${other.address}/${other.prefixLength}, not ${address}/${prefixLength}; give the network ${network.name} that subnet and gateway, or use another name for its bridge`,
      );
    }
  }
  host.transact(
    ...missing.map((address) => addAddress({ ...address, index: bridge.index }, { withoutDetection: true })),
    ...routesOf(network, bridge),
  );
}

/** A link-local address says nothing about which subnet is on the bridge. */
function routesOf({ subnets }: BridgeNetwork, { index }: Link): NetlinkRequest[] {
  return subnets
    .filter(({ gateway }) => gateway !== undefined && isLinkLocal(gateway))
    .map(({ subnet }) => {
      const [destination = "", length] = formatSubnet(parseSubnet(subnet)).split("/");
      return replaceRoute({ destination, prefixLength: Number(length), index });
    });
}

function addressesOf(host: RouteSocket, { index }: Link): InterfaceAddress[] {
  const all = [...host.addresses(4), ...host.addresses(6)];
  return all.filter((it) => it.index === index);
}

function firstOf(addresses: readonly Address[], family: Family): Address | undefined {
  return addresses.find(({ address }) => familyOf(address) === family);
}
