import type { IPAMConfig } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import {
  contains,
  formatSubnet,
  overlap,
  parseAddress,
  parseInterfaceAddress,
  type Subnet,
} from "../../network/index.ts";

/** A block of addresses as the user asks for it, in usual forms. */
export interface AskedBlock {
  /** An unspecified one ("0.0.0.0/24") asks for any of that size. */
  readonly subnet: Subnet;
  readonly range?: Subnet;
  readonly gateway?: string;
  readonly auxiliary: Readonly<Record<string, string>>;
}

/**
 * Checks blocks as Docker does, and with its words, all that is wrong at once. Those without any setting are nothing.
 */
export function checkBlocks(configs: readonly IPAMConfig[]): AskedBlock[] {
  const problems: string[] = [];
  const blocks = configs.filter(saysSomething).map((config) => checkBlock(config, problems));
  if (problems.length > 0) throw invalid(`invalid network config:\n${joined(problems)}`);
  return blocks;
}

/** One problem stands for itself, several are a list. */
export const joined = (problems: readonly string[]): string =>
  problems.length === 1
    ? (problems[0] ?? "")
    : problems.map((problem) => `* ${problem.replaceAll("\n", "\n\t")}`).join("\n");

const saysSomething = ({ Subnet, IPRange, Gateway, AuxiliaryAddresses }: IPAMConfig): boolean =>
  Boolean(Subnet || IPRange || Gateway) || Object.keys(AuxiliaryAddresses ?? {}).length > 0;

function checkBlock(
  { Subnet, IPRange, Gateway, AuxiliaryAddresses }: IPAMConfig,
  problems: string[],
): AskedBlock {
  if (!Subnet) throw invalid("every ip-range, gateway or auxiliary address needs a subnet that it is in");
  const { address, subnet } = parseInterfaceAddress(Subnet);
  const name = formatSubnet(subnet);
  if (address.value !== subnet.base) problems.push(`invalid subnet ${Subnet}: it should be ${name}`);
  const within = (text: string, what: string) => {
    const ip = parseAddress(text);
    if (ip.family !== subnet.family) problems.push(`${what}: parent subnet is an IPv${subnet.family} block`);
    else if (!contains(subnet, ip))
      problems.push(`${what}: parent subnet ${name} doesn't contain this address`);
  };
  if (Gateway) within(Gateway, `invalid gateway ${Gateway}`);
  const auxiliary = AuxiliaryAddresses ?? {};
  for (const [key, address] of Object.entries(auxiliary)) within(address, `invalid auxiliary address ${key}`);
  return {
    subnet,
    ...(IPRange ? { range: checkRange(IPRange, subnet, problems) } : {}),
    ...(Gateway ? { gateway: Gateway } : {}),
    auxiliary,
  };
}

function checkRange(text: string, subnet: Subnet, problems: string[]): Subnet {
  const { address, subnet: range } = parseInterfaceAddress(text);
  const problem = (why: string) => problems.push(`invalid ip-range ${text}: ${why}`);
  const name = formatSubnet(subnet);
  if (range.family !== subnet.family) {
    problem(`parent subnet is an IPv${subnet.family} block`);
    return range;
  }
  if (range.prefixLength < subnet.prefixLength)
    problem(`CIDR block is bigger than its parent subnet ${name}`);
  if (address.value !== range.base) problem(`it should be ${formatSubnet(range)}`);
  if (!overlap(subnet, range)) problem(`parent subnet ${name} doesn't contain ip-range`);
  return range;
}
