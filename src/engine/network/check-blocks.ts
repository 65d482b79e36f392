import type { IPAMConfig } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { contains, type Family, formatPrefix, masked, type Prefix, parseIp, parsePrefix } from "./prefix.ts";

/** A block of addresses as the user asks for it, in usual forms. */
export interface AskedBlock {
  readonly family: Family;
  /** An unspecified one ("0.0.0.0/24") asks for any of that size. */
  readonly subnet: Prefix;
  readonly range?: Prefix;
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
  const asked = parsePrefix(Subnet);
  const subnet = masked(asked);
  const name = formatPrefix(subnet);
  if (asked.address !== subnet.address) problems.push(`invalid subnet ${Subnet}: it should be ${name}`);
  const within = (text: string, what: string) => {
    const ip = parseIp(text);
    if (ip.family !== subnet.family) problems.push(`${what}: parent subnet is an IPv${subnet.family} block`);
    else if (!contains(subnet, ip))
      problems.push(`${what}: parent subnet ${name} doesn't contain this address`);
  };
  if (Gateway) within(Gateway, `invalid gateway ${Gateway}`);
  const auxiliary = AuxiliaryAddresses ?? {};
  for (const [key, address] of Object.entries(auxiliary)) within(address, `invalid auxiliary address ${key}`);
  return {
    family: subnet.family,
    subnet,
    ...(IPRange ? { range: checkRange(IPRange, subnet, problems) } : {}),
    ...(Gateway ? { gateway: Gateway } : {}),
    auxiliary,
  };
}

function checkRange(text: string, subnet: Prefix, problems: string[]): Prefix {
  const asked = parsePrefix(text);
  const range = masked(asked);
  const problem = (why: string) => problems.push(`invalid ip-range ${text}: ${why}`);
  const name = formatPrefix(subnet);
  if (range.family !== subnet.family) {
    problem(`parent subnet is an IPv${subnet.family} block`);
    return range;
  }
  if (range.length < subnet.length) problem(`CIDR block is bigger than its parent subnet ${name}`);
  if (asked.address !== range.address) problem(`it should be ${formatPrefix(range)}`);
  if (!contains(subnet, range) && !contains(range, subnet)) {
    problem(`parent subnet ${name} doesn't contain ip-range`);
  }
  return range;
}
