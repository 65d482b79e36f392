import { isIP, isIPv4 } from "node:net";
import { invalid } from "../../errors/index.ts";

export type Family = 4 | 6;

/** An address with a prefix length, as "10.1.2.3/16" or "fd00::1/64" says it. */
export interface Prefix {
  readonly family: Family;
  readonly address: bigint;
  readonly length: number;
}

/** `invalid` for what is no CIDR notation. */
export function parsePrefix(text: string): Prefix {
  const [address = "", length = "", ...rest] = text.split("/");
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) {
    throw invalid(`invalid CIDR address: ${text}`);
  }
  return { family: family as Family, address: addressToNumber(address), length: Number(length) };
}

/** `invalid` for what is no IP address. */
export function parseIp(text: string): { family: Family; address: bigint } {
  const family = isIP(text);
  if (family === 0 || text.includes("%")) throw invalid(`invalid IP address: ${text}`);
  return { family: family as Family, address: addressToNumber(text) };
}

export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

/** The prefix without the bits beyond its length. */
export function masked({ family, address, length }: Prefix): Prefix {
  const host = BigInt(bitsOf(family) - length);
  return { family, address: (address >> host) << host, length };
}

export function contains(prefix: Prefix, { family, address }: { family: Family; address: bigint }): boolean {
  const host = BigInt(bitsOf(prefix.family) - prefix.length);
  return family === prefix.family && address >> host === prefix.address >> host;
}

export const overlaps = (a: Prefix, b: Prefix): boolean => contains(a, b) || contains(b, a);

export const formatPrefix = ({ family, address, length }: Prefix): string =>
  `${formatIp(family, address)}/${length}`;

/** In the usual form; IPv6 lower case and compressed (RFC 5952). */
export function formatIp(family: Family, address: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** The text in its usual form; `invalid` for what is no IP address. */
export function canonicalIp(text: string): string {
  const { family, address } = parseIp(text);
  return formatIp(family, address);
}

function addressToNumber(text: string): bigint {
  if (isIPv4(text)) return text.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
  const groups = new URL(`http://[${text.replace(/%.*/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = groups.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...middle, ...right].reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}
