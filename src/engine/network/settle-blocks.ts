import { forbidden, invalid } from "../../errors/index.ts";
import {
  canonicalAddress,
  chooseSubnet,
  contains,
  formatAddress,
  formatSubnet,
  holderOf,
  type Occupied,
  parseAddress,
  parseSubnet,
  type Subnet,
  type SubnetBlock,
  type SubnetSettings,
  sizeOf,
} from "../../network/index.ts";
import type { AskedBlock } from "./check-blocks.ts";
import type { NetworkDefinition } from "./definition.ts";

export type Family = Subnet["family"];

/** What blocks are settled against. */
export interface Settling {
  /** What subnets are cut from that nobody named, of both families. */
  readonly pools: readonly SubnetBlock[];
  readonly others: Iterable<NetworkDefinition>;
  /** Whether something has to have a gateway's address that the user did not name. */
  readonly needsGateway: (family: Family) => boolean;
  /** Who of the host has a subnet that somebody named; undefined for drivers whose subnets are the host's own. */
  readonly holderOnHost?: (subnet: string) => Occupied | undefined;
}

/**
 * The blocks of a network: those asked for, and one chosen for a family that none was asked for. `forbidden`, as with
 * Docker, for one that overlaps another network's or a route of the host; the message names it.
 */
export function settleBlocks(
  asked: readonly AskedBlock[],
  families: readonly Family[],
  settling: Settling,
): SubnetSettings[] {
  const taken: Occupied[] = [...settling.others]
    .filter(({ configOnly }) => !configOnly)
    .flatMap(({ name, blocks }) =>
      blocks.map(({ subnet }) => ({ subnet, by: `the network "${name}" (${subnet})` })),
    );
  return families.flatMap((family) => {
    const named = asked.filter(({ subnet }) => subnet.family === family);
    const wanted = named.length > 0 ? named : [anyBlock(family)];
    return wanted.map((block) => {
      const subnet =
        block.subnet.base === 0n
          ? choose(block.subnet, settling.pools, taken)
          : free(block.subnet, taken, settling.holderOnHost);
      taken.push({ subnet: formatSubnet(subnet), by: "another subnet of this network" });
      return settled({ ...block, subnet }, settling.needsGateway(family));
    });
  });
}

const anyBlock = (family: Family): AskedBlock => ({
  subnet: { family, base: 0n, prefixLength: 0 },
  auxiliary: {},
});

function free(
  subnet: Subnet,
  taken: readonly Occupied[],
  holderOnHost: Settling["holderOnHost"] = () => undefined,
): Subnet {
  const text = formatSubnet(subnet);
  // First those that have names of their own: their bridges are routes as well.
  const holder = holderOf(text, taken) ?? holderOnHost(text);
  if (holder === undefined) return subnet;
  throw forbidden(
    `invalid pool request: Pool overlaps with other one on this address space: ${text} overlaps ` +
      `${holder.by}; choose another subnet`,
  );
}

/** One from the pools; of the length that was asked for, if there was one. */
function choose(
  { family, prefixLength }: Subnet,
  pools: readonly SubnetBlock[],
  taken: readonly Occupied[],
): Subnet {
  const suitable = pools
    .map(({ base, size }) => ({ base, size: prefixLength || size, whole: parseSubnet(base) }))
    .filter(({ whole, size }) => whole.family === family && whole.prefixLength <= size);
  if (suitable.length === 0) {
    const size = prefixLength === 0 ? "" : ` of size ${prefixLength}`;
    throw invalid(`no default address pool has IPv${family} subnets${size}: name a subnet`);
  }
  return parseSubnet(chooseSubnet(suitable, taken));
}

function settled(block: AskedBlock, needsGateway: boolean): SubnetSettings {
  const { subnet, range } = block;
  const auxiliary = Object.fromEntries(
    Object.entries(block.auxiliary).map(([name, address]) => [name, canonicalAddress(address)]),
  );
  const asked = block.gateway ?? (needsGateway ? firstAddress(subnet, range ?? subnet) : undefined);
  const gateway = asked && canonicalAddress(asked);
  for (const [name, address] of Object.entries(auxiliary)) {
    if (address !== gateway) continue;
    throw forbidden(`failed to allocate secondary ip address (${name}:${address}): Address already in use`);
  }
  return {
    subnet: formatSubnet(subnet),
    ...(range === undefined ? {} : { range: formatSubnet(range) }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(Object.keys(auxiliary).length === 0 ? {} : { auxiliary }),
  };
}

/** The first address of a range; not the subnet's own first one, unless it has but two (RFC 3021, RFC 6164). */
export function firstAddress(subnet: Subnet, range: Subnet = subnet): string {
  const isSubnets = range.base === subnet.base && sizeOf(subnet) > 2n;
  return formatAddress({ family: subnet.family, value: range.base + (isSubnets ? 1n : 0n) });
}

/** Whether one of the network's subnets has the address. */
export function hasAddress({ blocks }: Pick<NetworkDefinition, "blocks">, address: string): boolean {
  const parsed = parseAddress(address);
  return blocks.some(({ subnet }) => contains(parseSubnet(subnet), parsed));
}
