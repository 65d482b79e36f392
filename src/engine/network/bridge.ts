import type { Table } from "../../metastore/index.ts";
import { chooseSubnet, interfaceAddress, type SubnetSettings } from "../../network/index.ts";
import type { EngineConfig } from "../config/index.ts";
import { addressPools } from "./address-pools.ts";
import { hostHasIPv6 } from "./host-ipv6.ts";
import { bitsOf, formatIp, formatPrefix, masked, parsePrefix } from "./prefix.ts";

/** The default bridge as the engine runs it. */
export interface DefaultBridge {
  name: string;
  /** IPv4 before IPv6. */
  blocks: SubnetSettings[];
  mtu: number;
  icc: boolean;
  masquerade: boolean;
  publishAddress: string;
}

/** The bridge's own addresses with their prefix lengths, as they were settled once. */
export interface RememberedBridge {
  address: string;
  address6?: string;
}

/**
 * Settles the default bridge's addresses: the configured one, that of the bridge which exists already, the one it
 * had before, or the first free pool. Undefined with `--bridge none`.
 */
export function bridgeSettings(
  config: EngineConfig,
  engineId: string,
  remembered: Table<RememberedBridge>,
): DefaultBridge | undefined {
  const { bridge: name, mtu, icc, masquerade, publishAddress, fixedCidr } = config;
  if (name === "none") return undefined;
  const before = remembered.get(name);
  const address =
    config.bip ??
    interfaceAddress(name) ??
    fixed(fixedCidr) ??
    before?.address ??
    firstFree(config, engineId, 4);
  const address6 = (config.ipv6 ?? hostHasIPv6()) ? settle6(config, engineId, before) : undefined;
  const settled = { address, ...(address6 === undefined ? {} : { address6 }) };
  if (before?.address !== address || (address6 ?? before?.address6) !== before?.address6)
    remembered.put(name, { ...before, ...settled });
  return {
    name,
    blocks: [blockOf(address, fixedCidr), ...(address6 === undefined ? [] : [blockOf(address6)])],
    mtu,
    icc,
    masquerade,
    publishAddress,
  };
}

function settle6(config: EngineConfig, engineId: string, before: RememberedBridge | undefined): string {
  return config.bip6 ?? fixed(config.fixedCidr6) ?? before?.address6 ?? firstFree(config, engineId, 6);
}

/** The first address of a subnet that was configured. */
const fixed = (cidr: string | undefined): string | undefined =>
  cidr === undefined ? undefined : firstOf(cidr);

/** The first address of the first pool that nothing on this host overlaps. */
function firstFree({ addressPools: configured }: EngineConfig, engineId: string, family: 4 | 6): string {
  const pools = addressPools(configured, engineId).filter(({ base }) => parsePrefix(base).family === family);
  return firstOf(chooseSubnet(pools));
}

function firstOf(cidr: string): string {
  const { family, address, length } = masked(parsePrefix(cidr));
  return `${formatIp(family, address + (bitsOf(family) - length > 1 ? 1n : 0n))}/${length}`;
}

function blockOf(address: string, range?: string): SubnetSettings {
  const prefix = parsePrefix(address);
  const subnet = formatPrefix(masked(prefix));
  const part = range === undefined ? subnet : formatPrefix(masked(parsePrefix(range)));
  return {
    subnet,
    gateway: formatIp(prefix.family, prefix.address),
    ...(part === subnet ? {} : { range: part }),
  };
}
