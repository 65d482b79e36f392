import { formatAddress, type SubnetBlock } from "../../network/index.ts";

/**
 * What subnets are cut from that nobody named: the configured pools, and for IPv6, unless one of them is, a
 * /48 that this engine made up for itself (RFC 4193), always the same one.
 */
export function addressPools(configured: readonly SubnetBlock[], engineId: string): SubnetBlock[] {
  if (configured.some(({ base }) => base.includes(":"))) return [...configured];
  const random = new Bun.CryptoHasher("sha256").update(`${engineId}/ula`).digest("hex").slice(0, 10);
  const value = BigInt(`0xfd${random}`) << 80n;
  return [...configured, { base: `${formatAddress({ family: 6, value })}/48`, size: 64 }];
}
