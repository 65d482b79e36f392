import { exhausted, invalid } from "../../errors/index.ts";
import { formatSubnet, overlap, parseSubnet, type Subnet, sizeOf } from "./subnet.ts";

/** A block of addresses that networks are cut from; `size` is the prefix length of each network. */
export interface SubnetBlock {
  readonly base: string;
  readonly size: number;
}

/** What Docker cuts its local networks from. */
export const defaultSubnetBlocks: readonly SubnetBlock[] = [
  { base: "172.17.0.0/16", size: 16 },
  { base: "172.18.0.0/16", size: 16 },
  { base: "172.19.0.0/16", size: 16 },
  { base: "172.20.0.0/14", size: 16 },
  { base: "172.24.0.0/14", size: 16 },
  { base: "172.28.0.0/14", size: 16 },
  { base: "192.168.0.0/16", size: 20 },
];

function* networksOf(block: SubnetBlock): Generator<Subnet> {
  const whole = parseSubnet(block.base);
  if (!Number.isInteger(block.size) || block.size < whole.prefixLength || block.size > 30) {
    throw invalid(`the address pool ${block.base} cannot be cut into networks of size ${block.size}`);
  }
  const step = 2 ** (32 - block.size);
  for (let base = whole.base; base < whole.base + sizeOf(whole); base += step) {
    yield { base, prefixLength: block.size };
  }
}

/** The first network of the blocks that overlaps none of `taken`: other networks and the host's routes. */
export function freeSubnet(blocks: readonly SubnetBlock[], taken: Iterable<string>): string {
  // Every network overlaps the default route's 0.0.0.0/0.
  const obstacles = [...taken].map(parseSubnet).filter((subnet) => subnet.prefixLength > 0);
  for (const block of blocks) {
    for (const candidate of networksOf(block)) {
      if (!obstacles.some((subnet) => overlap(subnet, candidate))) return formatSubnet(candidate);
    }
  }
  throw exhausted(
    "all predefined address pools have been fully subnetted; name a subnet, or add one with --default-address-pool",
  );
}
