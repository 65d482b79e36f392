import type { IPAMConfig } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import { type Cidr, contains, parseAddress, parseCidr } from "./cidr.ts";

export interface IpamOptions {
  readonly subnets: readonly string[];
  readonly ranges: readonly string[];
  readonly gateways: readonly string[];
  /** Addresses that containers do not get, by name. */
  readonly auxiliary: Readonly<Record<string, string>>;
}

interface Pool {
  readonly block: Cidr;
  readonly config: IPAMConfig & { Subnet: string };
}

/** Brings ranges, gateways and auxiliary addresses to the subnets that they lie in, in the subnets' order. */
export function poolsOf({ subnets, ranges, gateways, auxiliary }: IpamOptions): IPAMConfig[] {
  if (subnets.length < ranges.length || subnets.length < gateways.length) {
    throw wrong("every ip-range or gateway must have a corresponding subnet");
  }
  const pools = subnets.map((text): Pool => ({ block: subnet(text), config: { Subnet: text } }));
  refuseOverlap(pools);
  for (const text of ranges) {
    const block = parseCidr(text);
    if (block === undefined) throw wrong(`invalid CIDR address: ${text}`);
    const { config } = poolWith(pools, block, "range", text);
    if (config.IPRange !== undefined) throw several("ranges", "on", text, config.IPRange, config.Subnet);
    config.IPRange = text;
  }
  for (const text of gateways) {
    const { config } = poolWith(pools, parseAddress(text), "gateway", text);
    if (config.Gateway !== undefined) throw several("gateways", "for", text, config.Gateway, config.Subnet);
    config.Gateway = text;
  }
  for (const [name, text] of Object.entries(auxiliary)) {
    const { config } = poolWith(pools, parseAddress(text), "aux-address", text);
    config.AuxiliaryAddresses = { ...config.AuxiliaryAddresses, [name]: text };
  }
  return pools.map(({ config }) => config);
}

function subnet(text: string): Cidr {
  const block = parseCidr(text);
  if (block === undefined) throw wrong(`invalid subnet: invalid CIDR address: ${text}`);
  return block;
}

function refuseOverlap(pools: readonly Pool[]): void {
  for (const [at, { block }] of pools.entries()) {
    if (pools.slice(0, at).some((other) => contains(other.block, block) || contains(block, other.block))) {
      throw wrong("multiple overlapping subnet configuration is not supported");
    }
  }
}

function poolWith(pools: readonly Pool[], block: Cidr | undefined, what: string, text: string): Pool {
  const found = pools.find((pool) => block !== undefined && contains(pool.block, block));
  if (found === undefined) throw wrong(`no matching subnet for ${what} ${text}`);
  return found;
}

const several = (what: string, where: string, added: string, before: string, subnet: string) =>
  wrong(`cannot configure multiple ${what} (${added}, ${before}) ${where} the same subnet (${subnet})`);
