import { invalid } from "../../errors/index.ts";
import type { Table } from "../../metastore/index.ts";
import {
  chooseSubnet,
  contains,
  DEFAULT_GATEWAYS,
  formatAddress,
  formatSubnet,
  interfaceAddress,
  parseAddress,
  parseInterfaceAddress,
  parseSubnet,
  type SubnetSettings,
} from "../../network/index.ts";
import type { EngineConfig } from "../config/index.ts";
import { addressPools } from "./address-pools.ts";
import { hostHasIPv6 } from "./host-ipv6.ts";
import { firstAddress } from "./settle-blocks.ts";

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
  const blocks = [blockOf(address, fixedCidr), ...(address6 === undefined ? [] : [blockOf(address6)])];
  return {
    name,
    blocks: blocks.map((block) => withRouter(block, config.defaultGateways)),
    mtu,
    icc,
    masquerade,
    publishAddress,
  };
}

function settle6(config: EngineConfig, engineId: string, before: RememberedBridge | undefined): string {
  return (
    config.bip6 ??
    interfaceAddress(config.bridge, 6) ??
    fixed(config.fixedCidr6) ??
    before?.address6 ??
    firstFree(config, engineId, 6)
  );
}

/** The first address of a subnet that was configured. */
const fixed = (cidr: string | undefined): string | undefined =>
  cidr === undefined ? undefined : firstOf(cidr);

/** The first address of the first pool that nothing on this host overlaps. */
function firstFree({ addressPools: configured }: EngineConfig, engineId: string, family: 4 | 6): string {
  const pools = addressPools(configured, engineId).filter(({ base }) => parseSubnet(base).family === family);
  return firstOf(chooseSubnet(pools));
}

function firstOf(cidr: string): string {
  const subnet = parseSubnet(cidr);
  return `${firstAddress(subnet)}/${subnet.prefixLength}`;
}

function blockOf(address: string, range?: string): SubnetSettings {
  const parsed = parseInterfaceAddress(address);
  const subnet = formatSubnet(parsed.subnet);
  const part = range === undefined ? subnet : formatSubnet(parseSubnet(range));
  return { subnet, gateway: formatAddress(parsed.address), ...(part === subnet ? {} : { range: part }) };
}

/** `invalid` for a router that is not in the bridge's subnet; one of another family changes nothing. */
function withRouter(block: SubnetSettings, routers: EngineConfig["defaultGateways"]): SubnetSettings {
  const subnet = parseSubnet(block.subnet);
  const name = DEFAULT_GATEWAYS[subnet.family];
  const router = routers[name];
  // The bridge itself is taken without being told.
  if (router === undefined || router === block.gateway) return block;
  if (contains(subnet, parseAddress(router))) return { ...block, auxiliary: { [name]: router } };
  throw invalid(`the default gateway ${router} is not in the subnet ${block.subnet} of the default bridge`);
}
