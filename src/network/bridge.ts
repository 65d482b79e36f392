import { existsSync } from "node:fs";
import { conflict, invalid, notImplemented, unavailable } from "../errors/index.ts";
import {
  addAddress,
  createBridge,
  deleteLink,
  filterBridge,
  type InterfaceAddress,
  type Link,
  type RouteSocket,
  removeAddress,
  setLink,
} from "../os/netlink/index.ts";
import { contains, formatSubnet, parseAddress, parseInterfaceAddress, parseSubnet } from "./ipam/subnet.ts";
import type { BridgeNetwork, SubnetSettings } from "./model.ts";
import { linkAlias, macOf } from "./names.ts";
import { ensureSysctl } from "./sysctl.ts";

/** Exists where iptables can be made to see what goes from one port of a bridge to another. */
const BRIDGE_FILTER = "/proc/sys/net/bridge/bridge-nf-call-iptables";

/** A bridge that exists. */
export interface Bridge {
  readonly networkId: string;
  readonly name: string;
  readonly index: number;
  readonly gateway: string;
  readonly prefixLength: number;
  readonly mtu: number;
}

/** What Docker uses, or less where the host's own way out carries less (tunnels, clouds). */
export function defaultMtu(host: RouteSocket): number {
  const way = host.routes().find((route) => route.prefixLength === 0);
  const link = way && host.links().find(({ index }) => index === way.index);
  return Math.min(1500, link?.mtu ?? 1500);
}

/** The network's addresses: those of IPv4, with the bridge's own. */
export function blockOf({ name, subnets }: BridgeNetwork): SubnetSettings & { gateway: string } {
  const [block] = subnets;
  if (block?.gateway === undefined) {
    throw notImplemented(`the network ${name} needs a subnet with a gateway`);
  }
  return { ...block, gateway: block.gateway };
}

/** Makes the bridge, or takes the one of that name, and sees that it is up and has the gateway's address. */
export function ensureBridge(host: RouteSocket, engineKey: string, network: BridgeNetwork): Bridge {
  const { networkId, bridge: name } = network;
  const { subnet: block, gateway } = blockOf(network);
  const { subnet } = parseInterfaceAddress(block);
  if (!/^[^\s/:]{1,15}$/.test(name))
    throw invalid(`"${name}" is not a name for a bridge: 1 to 15 characters`);
  if (!contains(subnet, parseAddress(gateway))) {
    throw invalid(`the gateway ${gateway} is not in the network ${block}`);
  }
  const link = host.link(name) ?? makeBridge(host, engineKey, network);
  if (link.kind !== "bridge")
    throw conflict(`the interface ${name} exists and is not a bridge; use another name`);
  const ours = isOurs(link, engineKey);
  if (link.alias?.startsWith("slipway:") && !ours) {
    throw conflict(
      `the bridge ${name} belongs to another engine; use another name, or "ip link delete ${name}" if that engine is gone`,
    );
  }
  if (!link.up) host.transact(setLink(name, { up: true }));
  const wanted = { index: link.index, address: gateway, prefixLength: subnet.prefixLength };
  const present = host.addresses().filter(({ index }) => index === link.index);
  const isWanted = (it: InterfaceAddress) =>
    it.address === gateway && it.prefixLength === subnet.prefixLength;
  if (!present.some(isWanted)) host.transact(addAddress(wanted));
  // What an earlier configuration gave it; a bridge of the administrator's keeps what it has.
  if (ours) host.transact(...present.filter((it) => !isWanted(it)).map(removeAddress));
  if (network.interContainer === false) {
    if (!existsSync(BRIDGE_FILTER)) {
      throw unavailable(
        `containers on ${name} cannot be kept apart: run "modprobe br_netfilter", or allow them to communicate`,
      );
    }
    host.transact(filterBridge(name));
  }
  ensureSysctl("net.ipv4.ip_forward", "1");
  // Lets clients on the host reach published ports by 127.0.0.1; the packet filter keeps the bridge's out.
  ensureSysctl(`net/ipv4/conf/${name}/route_localnet`, "1");
  const mtu = network.mtu ?? link.mtu;
  return { networkId, name, index: link.index, gateway, prefixLength: subnet.prefixLength, mtu };
}

/** A fixed address of its own: otherwise a bridge changes its address with every port that comes or goes. */
function makeBridge(host: RouteSocket, engineKey: string, network: BridgeNetwork): Link {
  const { bridge: name, networkId } = network;
  const { subnet, gateway } = blockOf(network);
  const wanted = parseSubnet(subnet);
  const taken = host.routes().find(({ destination, prefixLength }) => {
    return prefixLength > 0 && formatSubnet(wanted) === `${destination}/${prefixLength}`;
  });
  if (taken !== undefined) {
    throw conflict(
      `the host already has a route to ${subnet}; choose another network for the bridge ${name}`,
    );
  }
  host.transact(
    createBridge(name, { mac: macOf(gateway), mtu: network.mtu ?? defaultMtu(host), up: true }),
    setLink(name, { alias: linkAlias(engineKey, `bridge:${networkId}`) }),
  );
  const link = host.link(name);
  if (link === undefined) throw conflict(`the bridge ${name} was removed by others while it was made`);
  return link;
}

/** Removes the bridge if it is ours; one that the administrator made stays. */
export function removeBridge(host: RouteSocket, engineKey: string, name: string): void {
  const link = host.link(name);
  if (link !== undefined && isOurs(link, engineKey)) host.transact(deleteLink(name));
}

function isOurs(link: Link, engineKey: string): boolean {
  return link.alias?.startsWith(linkAlias(engineKey, "bridge:")) ?? false;
}
