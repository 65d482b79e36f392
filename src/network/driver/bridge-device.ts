import { existsSync } from "node:fs";
import { conflict, invalid } from "../../errors/index.ts";
import {
  createBridge,
  deleteLink,
  filterBridge,
  type Link,
  type RouteSocket,
  setLink,
} from "../../os/netlink/index.ts";
import type { BridgeNetwork } from "../model.ts";
import { linkAlias, macOf } from "../names.ts";
import { ensureSysctl } from "../sysctl.ts";
import { assignAddresses, bridgeAddresses } from "./bridge-addresses.ts";
import { gatewayMode, hasFamily, leadsOut } from "./families.ts";
import { ensureForwarding, requireIPv6 } from "./forwarding.ts";
import { defaultMtu } from "./mtu.ts";

/** Exists where iptables can be made to see what goes from one port of a bridge to another. */
const BRIDGE_FILTER = "/proc/sys/net/bridge/bridge-nf-call-iptables";

export const canFilterBridges = (): boolean => existsSync(BRIDGE_FILTER);

export function isOurBridge(link: Link, engineKey: string): boolean {
  return link.alias?.startsWith(linkAlias(engineKey, "bridge:")) ?? false;
}

/** Makes the network's bridge, or takes the one of that name, and sees that it is as the settings say. */
export function ensureBridgeDevice(host: RouteSocket, engineKey: string, network: BridgeNetwork): Link {
  const { bridge: name } = network;
  if (!/^[^\s/:]{1,15}$/.test(name) || /^\.\.?$/.test(name))
    throw invalid(
      `"${name}" is not a name for a bridge: 1 to 15 characters, none of them "/", ":" or a space`,
    );
  if (hasFamily(network, 6)) requireIPv6(network.name);
  const existing = host.link(name);
  if (existing !== undefined) refuseOthers(existing, engineKey);
  const link = existing ?? makeBridge(host, engineKey, network);
  try {
    settle(host, link, network, isOurBridge(link, engineKey));
  } catch (error) {
    if (existing === undefined) host.transact(deleteLink(name));
    throw error;
  }
  return link;
}

function refuseOthers(link: Link, engineKey: string): void {
  const { name, kind, alias } = link;
  if (kind !== "bridge") throw conflict(`the interface ${name} exists and is not a bridge; use another name`);
  if (!alias?.startsWith("slipway:") || isOurBridge(link, engineKey)) return;
  throw conflict(
    `the bridge ${name} belongs to another engine; use another name, or "ip link delete ${name}" if that engine is gone`,
  );
}

/** A fixed hardware address of its own: otherwise a bridge changes it with every port that comes or goes. */
function makeBridge(host: RouteSocket, engineKey: string, network: BridgeNetwork): Link {
  const { bridge: name, networkId } = network;
  const own = bridgeAddresses(network)[0]?.address ?? networkId;
  host.transact(
    createBridge(name, { mac: macOf(own), mtu: network.mtu ?? defaultMtu(host), up: true }),
    setLink(name, { alias: linkAlias(engineKey, `bridge:${networkId}`) }),
  );
  const link = host.link(name);
  if (link === undefined) throw conflict(`the bridge ${name} was removed by others while it was made`);
  return link;
}

function settle(host: RouteSocket, link: Link, network: BridgeNetwork, ours: boolean): void {
  const { name } = link;
  if (!link.up) host.transact(setLink(name, { up: true }));
  if (ours && network.mtu !== undefined && network.mtu !== link.mtu)
    host.transact(setLink(name, { mtu: network.mtu }));
  if (ours && hasFamily(network, 6)) settleIPv6(network);
  assignAddresses(host, link, network, ours);
  if (network.interContainer === false && canFilterBridges()) host.transact(filterBridge(name));
  const families = ([4, 6] as const).filter((family) => leadsOut(network, family));
  ensureForwarding(host, network.name, families);
  if (!families.includes(4)) return;
  // Lets clients on the host reach published ports by 127.0.0.1; the packet filter keeps the bridge's out.
  const need = `the network ${network.name} publishes ports on 127.0.0.1`;
  ensureSysctl(`net/ipv4/conf/${name}/route_localnet`, "1", need);
}

/** No routers but the host itself: containers are not to advertise one. No address at all where it is isolated. */
function settleIPv6(network: BridgeNetwork): void {
  const setting = (of: string) => `net/ipv6/conf/${network.bridge}/${of}`;
  const need = `the network ${network.name} has IPv6`;
  ensureSysctl(setting("accept_ra"), "0", need);
  ensureSysctl(setting("disable_ipv6"), gatewayMode(network, 6) === "isolated" ? "1" : "0", need);
}
