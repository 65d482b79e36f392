import { exhausted, invalid } from "../../errors/index.ts";
import { isEverything, type Occupied } from "./occupied.ts";
import { bitsOf, formatSubnet, lastOf, overlap, parseSubnet, type Subnet, sizeOf } from "./subnet.ts";

/** A block of addresses that networks are cut from; `size` is the prefix length of each network. */
export interface SubnetBlock {
  readonly base: string;
  readonly size: number;
}

/**
 * What networks are cut from: where Docker takes its own from, but in pieces of 4,094 addresses after the first,
 * so that there is room for 240 of them and not for 30.
 */
export const defaultSubnetBlocks: readonly SubnetBlock[] = [
  { base: "172.17.0.0/16", size: 16 },
  { base: "172.18.0.0/15", size: 20 },
  { base: "172.20.0.0/14", size: 20 },
  { base: "172.24.0.0/13", size: 20 },
  { base: "192.168.0.0/16", size: 20 },
];

/** As many are named in the message that nothing is left. */
const NAMED_CULPRITS = 5;

/** The first network of the blocks that overlaps nothing of `taken`. `exhausted`, naming what is in the way. */
export function freeSubnet(blocks: readonly SubnetBlock[], taken: readonly Occupied[]): string {
  const obstacles = taken
    .map(({ subnet, by }) => ({ subnet: parseSubnet(subnet), by }))
    .filter(({ subnet }) => !isEverything(subnet))
    .sort((a, b) => Number(a.subnet.base - b.subnet.base));
  const culprits = new Set<string>();
  for (const block of blocks) {
    const whole = wholeOf(block);
    const inside = obstacles.filter(({ subnet }) => overlap(subnet, whole));
    const found = firstGap(
      whole,
      block.size,
      inside.map(({ subnet }) => subnet),
    );
    if (found !== undefined) return formatSubnet(found);
    for (const { by } of inside) culprits.add(by);
  }
  throw exhausted(
    `all predefined address pools have been fully subnetted${named([...culprits])}; name a subnet, or add one with --default-address-pool`,
  );
}

function wholeOf({ base, size }: SubnetBlock): Subnet {
  const whole = parseSubnet(base);
  // Two addresses for hosts is the least that a network needs.
  if (!Number.isInteger(size) || size < whole.prefixLength || size > bitsOf(whole.family) - 2) {
    throw invalid(`the address pool ${base} cannot be cut into networks of size ${size}`);
  }
  return whole;
}

/** The first subnet of that size between the obstacles, which come in the order of their addresses. */
function firstGap(whole: Subnet, prefixLength: number, obstacles: readonly Subnet[]): Subnet | undefined {
  const { family } = whole;
  const step = sizeOf({ family, prefixLength });
  let base = whole.base;
  for (const obstacle of obstacles) {
    if (base + step <= obstacle.base) break;
    const beyond = lastOf(obstacle) + 1n;
    const aligned = ((beyond + step - 1n) / step) * step;
    if (aligned > base) base = aligned;
  }
  return base + step - 1n <= lastOf(whole) ? { family, base, prefixLength } : undefined;
}

function named(culprits: readonly string[]): string {
  if (culprits.length === 0) return "";
  const shown = culprits.slice(0, NAMED_CULPRITS);
  const more = culprits.length - shown.length;
  return ` (in the way: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""})`;
}
