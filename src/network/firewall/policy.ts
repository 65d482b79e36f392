import { BlockList } from "node:net";
import type { IpVersion } from "../../os/firewall/index.ts";
import type { BridgeNetwork, GatewayMode, PublishedPort } from "../model.ts";

/** What an engine wants the packet filter to do, whichever program carries it out. */
export interface Policy {
  readonly networks: readonly FilteredNetwork[];
  readonly ports: readonly FilteredPort[];
}

/** A bridge network as the packet filter needs to know it. */
export interface FilteredNetwork {
  readonly id: string;
  readonly bridge: string;
  /** Nothing is forwarded into it or out of it. */
  readonly internal: boolean;
  /** May its containers talk to each other? */
  readonly interContainer: boolean;
  /** Interfaces of the host whose neighbours may reach published ports at the containers' own addresses. */
  readonly trusted: readonly string[];
  /** By version of IP; absent where the network has no addresses of it. */
  readonly families: Readonly<Partial<Record<IpVersion, FilteredFamily>>>;
}

export interface FilteredFamily {
  /** "172.17.0.0/16" */
  readonly subnets: readonly string[];
  readonly mode: GatewayMode;
  /** Whose address packets that leave the host have: the outgoing interface's, this one's, or their own. */
  readonly source: "masquerade" | { readonly snat: string } | "own";
}

/** A published port and how packets get to it. */
export interface FilteredPort extends PublishedPort {
  readonly version: IpVersion;
  /** Reached at the host's address, which is translated; otherwise only at the container's own. */
  readonly translated: boolean;
  /** By which interfaces it may be reached at the container's own address: "any" for all. */
  readonly direct: "any" | readonly string[];
  /** Of its network; absent while the network is unknown. */
  readonly bridge?: string;
}

export const versionOf = (address: string): IpVersion => (address.includes(":") ? 6 : 4);

export function filteredNetwork(settings: BridgeNetwork): FilteredNetwork {
  const { networkId, bridge, internal = false, interContainer = true, trustedInterfaces = [] } = settings;
  const families: Partial<Record<IpVersion, FilteredFamily>> = {};
  for (const version of [4, 6] as const) {
    const subnets = settings.subnets.map(({ subnet }) => subnet).filter((it) => versionOf(it) === version);
    if (subnets.length > 0) families[version] = { subnets, ...treatment(settings, version) };
  }
  return { id: networkId, bridge, internal, interContainer, trusted: trustedInterfaces, families };
}

function treatment(
  { gatewayMode4, gatewayMode6, hostIPv4, hostIPv6, masquerade = true, internal }: BridgeNetwork,
  version: IpVersion,
): Omit<FilteredFamily, "subnets"> {
  const mode = (version === 4 ? gatewayMode4 : gatewayMode6) ?? "nat";
  const snat = version === 4 ? hostIPv4 : hostIPv6;
  if (!masquerade || internal || !mode.startsWith("nat")) return { mode, source: "own" };
  return { mode, source: snat === undefined ? "masquerade" : { snat } };
}

/** Is the address one of the network's? */
export function contains({ families }: FilteredNetwork, address: string): boolean {
  const version = versionOf(address);
  const list = new BlockList();
  for (const subnet of families[version]?.subnets ?? []) {
    const [base = "", length] = subnet.split("/");
    list.addSubnet(base, Number(length), `ipv${version}`);
  }
  return list.check(address, `ipv${version}`);
}

/**
 * How packets get to a published port. Only networks that treat ports in a way of their own must be known by
 * address, and most hosts have none.
 */
export function filteredPort(port: PublishedPort, peculiar: readonly FilteredNetwork[]): FilteredPort {
  const version = versionOf(port.address);
  const network = peculiar.find((it) => contains(it, port.address));
  const routed = network?.families[version]?.mode === "routed";
  return {
    ...port,
    version,
    translated: !routed && !network?.internal && port.hostPort !== 0,
    direct: routed && !network?.internal ? "any" : (network?.trusted ?? []),
    ...(network && { bridge: network.bridge }),
  };
}

/** Does the network treat published ports in another way than by translating the host's address? */
export const isPeculiar = ({ internal, trusted, families }: FilteredNetwork): boolean =>
  internal || trusted.length > 0 || families[4]?.mode === "routed" || families[6]?.mode === "routed";
