import { isIP, isIPv4, isIPv6 } from "node:net";
import { invalid } from "../../errors/index.ts";
import type { FirewallSettings } from "../../network/index.ts";
import {
  canonicalAddress,
  contains,
  DEFAULT_GATEWAYS,
  defaultSubnetBlocks,
  parseInterfaceAddress,
  parseSubnet,
  type SubnetBlock,
} from "../../network/index.ts";
import { firewallSettings } from "./firewall.ts";
import type { RawOptions } from "./flags.ts";

/** What the configuration says about networks. Addresses and subnets are checked. */
export interface NetworkConfig {
  bridge: string;
  /** Whether containers on the default bridge find each other by name. */
  bridgeNames: boolean;
  /** Address with prefix, such as `172.17.0.1/16`; absent: the first free pool. */
  bip?: string;
  bip6?: string;
  /** Subnets of the default bridge, or of it. */
  fixedCidr?: string;
  fixedCidr6?: string;
  /** Routers on the default bridge that its containers take instead of the bridge, by name: auxiliary addresses. */
  defaultGateways: Readonly<Record<string, string>>;
  /** Absent: where the host has IPv6. */
  ipv6?: boolean;
  addressPools: readonly SubnetBlock[];
  mtu: number;
  icc: boolean;
  masquerade: boolean;
  publishAddress: string;
  iptables: boolean;
  firewall: FirewallSettings;
  /** By driver: options of networks that are made without them. */
  networkOptions: Record<string, Record<string, string>>;
  /** At most one of each family; empty: those of the default bridge. */
  hostGatewayIps: string[];
}

export function networkConfig(raw: RawOptions): NetworkConfig {
  const bip = prefixOption(raw, "bip", 4);
  const bip6 = prefixOption(raw, "bip6", 6);
  const fixedCidr = prefixOption(raw, "fixed-cidr", 4);
  const fixedCidr6 = prefixOption(raw, "fixed-cidr-v6", 6);
  if (bip && fixedCidr && !contains(parseSubnet(bip), parseInterfaceAddress(fixedCidr).address)) {
    throw invalid(`--fixed-cidr ${fixedCidr} is not in the network of --bip ${bip}`);
  }
  return {
    bridge: raw.bridge ?? "slipway0",
    bridgeNames: raw["bridge-names"] ?? false,
    ...(bip === undefined ? {} : { bip }),
    ...(bip6 === undefined ? {} : { bip6 }),
    ...(fixedCidr === undefined ? {} : { fixedCidr }),
    ...(fixedCidr6 === undefined ? {} : { fixedCidr6 }),
    defaultGateways: {
      ...defaultGateway(raw, "default-gateway", 4),
      ...defaultGateway(raw, "default-gateway-v6", 6),
    },
    ...(raw.ipv6 === undefined ? {} : { ipv6: raw.ipv6 }),
    addressPools: pools(raw),
    mtu: raw.mtu ?? 1500,
    icc: raw.icc ?? true,
    masquerade: raw["ip-masq"] ?? true,
    publishAddress: publishAddress(raw),
    iptables: raw.iptables ?? true,
    firewall: firewallSettings(raw),
    networkOptions: raw["default-network-opt"] ?? {},
    hostGatewayIps: hostGatewayIps(raw),
  };
}

function prefixOption(
  raw: RawOptions,
  name: "bip" | "bip6" | "fixed-cidr" | "fixed-cidr-v6",
  family: 4 | 6,
): string | undefined {
  const text = raw[name];
  if (text === undefined) return undefined;
  if (parseSubnet(text).family === family) return text;
  throw invalid(`--${name} must be an IPv${family} address with a prefix length, not ${text}`);
}

function defaultGateway(
  raw: RawOptions,
  name: "default-gateway" | "default-gateway-v6",
  family: 4 | 6,
): Record<string, string> {
  const text = raw[name];
  if (text === undefined) return {};
  if (isIP(text) !== family) throw invalid(`--${name} must be an IPv${family} address, not ${text}`);
  return { [DEFAULT_GATEWAYS[family]]: canonicalAddress(text) };
}

function pools(raw: RawOptions): readonly SubnetBlock[] {
  const configured = raw["default-address-pool"] ?? defaultSubnetBlocks;
  for (const { base, size } of configured) {
    const { family, prefixLength } = parseSubnet(base);
    if (size < prefixLength || size > (family === 4 ? 30 : 126)) {
      throw invalid(`invalid default address pool: ${base} cannot be cut into subnets of size ${size}`);
    }
  }
  return configured;
}

function publishAddress({ ip = "0.0.0.0" }: RawOptions): string {
  if (isIP(ip) === 0) throw invalid(`--ip must be an address of the host, not ${JSON.stringify(ip)}`);
  return ip;
}

function hostGatewayIps(raw: RawOptions): string[] {
  const addresses = raw["host-gateway-ip"] ?? [];
  for (const address of addresses) {
    if (isIP(address) === 0) throw invalid(`--host-gateway-ip must be an IP address, not ${address}`);
  }
  if (addresses.filter(isIPv4).length > 1 || addresses.filter(isIPv6).length > 1) {
    throw invalid("--host-gateway-ip: only one IPv4 and one IPv6 address can be given");
  }
  return addresses;
}
