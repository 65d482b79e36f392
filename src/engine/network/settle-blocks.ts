import { forbidden, invalid } from "../../errors/index.ts";
import { chooseSubnet, type SubnetBlock, type SubnetSettings } from "../../network/index.ts";
import type { AskedBlock } from "./check-blocks.ts";
import type { NetworkDefinition } from "./definition.ts";
import {
  bitsOf,
  canonicalIp,
  contains,
  type Family,
  formatIp,
  formatPrefix,
  overlaps,
  type Prefix,
  parseIp,
  parsePrefix,
} from "./prefix.ts";

/** What blocks are settled against. */
export interface Settling {
  /** What subnets are cut from that nobody named, of both families. */
  readonly pools: readonly SubnetBlock[];
  readonly others: Iterable<NetworkDefinition>;
  /** Whether something has to have a gateway's address that the user did not name. */
  readonly needsGateway: (family: Family) => boolean;
}

/**
 * The blocks of a network: those asked for, and one chosen for a family that none was asked for. `forbidden`, as with
 * Docker, for one that overlaps another network's; the message names it.
 */
export function settleBlocks(
  asked: readonly AskedBlock[],
  families: readonly Family[],
  settling: Settling,
): SubnetSettings[] {
  const taken = [...settling.others].flatMap(({ name, blocks }) =>
    blocks.map(({ subnet }) => ({ name, subnet: parsePrefix(subnet) })),
  );
  return families.flatMap((family) => {
    const named = asked.filter((block) => block.family === family);
    const wanted = named.length > 0 ? named : [anyBlock(family)];
    return wanted.map((block) => {
      const subnet =
        block.subnet.address === 0n ? choose(block.subnet, settling.pools, taken) : free(block.subnet, taken);
      taken.push({ name: "this network itself", subnet });
      return settled({ ...block, subnet }, settling.needsGateway(family));
    });
  });
}

interface Taken {
  readonly name: string;
  readonly subnet: Prefix;
}

const anyBlock = (family: Family): AskedBlock => ({
  family,
  subnet: { family, address: 0n, length: 0 },
  auxiliary: {},
});

function free(subnet: Prefix, taken: readonly Taken[]): Prefix {
  const holder = taken.find((other) => overlaps(other.subnet, subnet));
  if (holder === undefined) return subnet;
  throw forbidden(
    `invalid pool request: Pool overlaps with other one on this address space: ${formatPrefix(subnet)} and ` +
      `${formatPrefix(holder.subnet)} of network ${holder.name}`,
  );
}

/** One from the pools; of the length that was asked for, if there was one. */
function choose({ family, length }: Prefix, pools: readonly SubnetBlock[], taken: readonly Taken[]): Prefix {
  const ofFamily = pools
    .map(({ base, size }) => ({ base, size: length === 0 ? size : length, prefix: parsePrefix(base) }))
    .filter(({ prefix, size }) => prefix.family === family && prefix.length <= size);
  if (ofFamily.length === 0) throw invalid(`no default address pool has IPv${family} subnets of this size`);
  const others = taken.filter(({ subnet }) => subnet.family === family);
  return parsePrefix(
    chooseSubnet(
      ofFamily.map(({ base, size }) => ({ base, size })),
      others.map(({ name, subnet }) => ({ subnet: formatPrefix(subnet), by: `the network "${name}"` })),
    ),
  );
}

function settled(block: AskedBlock, needsGateway: boolean): SubnetSettings {
  const { subnet, range } = block;
  const auxiliary = Object.fromEntries(
    Object.entries(block.auxiliary).map(([name, address]) => [name, canonicalIp(address)]),
  );
  const gateway = block.gateway ?? (needsGateway ? firstAddress(subnet, range ?? subnet) : undefined);
  for (const [name, address] of Object.entries(auxiliary)) {
    if (gateway !== undefined && address === canonicalIp(gateway)) {
      throw forbidden(`failed to allocate secondary ip address (${name}:${address}): Address already in use`);
    }
  }
  return {
    subnet: formatPrefix(subnet),
    ...(range === undefined ? {} : { range: formatPrefix(range) }),
    ...(gateway === undefined ? {} : { gateway: canonicalIp(gateway) }),
    ...(Object.keys(auxiliary).length === 0 ? {} : { auxiliary }),
  };
}

/** The first of the range; not the subnet's own first one, unless it has but two (RFC 3021, RFC 6164). */
function firstAddress(subnet: Prefix, range: Prefix): string {
  const isAnycast = range.address === subnet.address && bitsOf(subnet.family) - subnet.length > 1;
  return formatIp(subnet.family, range.address + (isAnycast ? 1n : 0n));
}

/** Whether one of the network's subnets has the address. */
export function hasAddress({ blocks }: Pick<NetworkDefinition, "blocks">, address: string): boolean {
  const ip = parseIp(address);
  return blocks.some(({ subnet }) => contains(parsePrefix(subnet), ip));
}
