import { invalid } from "../../errors/index.ts";
import { addressBytes, addressText, type Family } from "../../os/netlink/index.ts";

/** An IP address as a number; numbers of one family can be compared and counted. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A network: its first address as a number, and the length of its prefix. */
export interface Subnet {
  readonly family: Family;
  readonly base: bigint;
  readonly prefixLength: number;
}

/** ::ffff:0:0/96: IPv4 addresses in the clothes of IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED_IPV4 = 0xffffn;

/** The number of bits in an address. */
export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

/** `invalid` for what is no address. "::ffff:10.0.0.1" is the IPv4 address that it stands for. */
export function parseAddress(text: string): Address {
  const bytes = addressBytes(text);
  const value = BigInt(`0x${bytes.toString("hex")}`);
  if (bytes.length === 4) return { family: 4, value };
  return value >> 32n === MAPPED_IPV4 ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

export function formatAddress({ family, value }: Address): string {
  const digits = bitsOf(family) / 4;
  return addressText(Buffer.from(value.toString(16).padStart(digits, "0"), "hex"));
}

/** The text in its usual form: "FD00:0::1" is "fd00::1". */
export function canonicalAddress(text: string): string {
  return formatAddress(parseAddress(text));
}

/** The number of addresses, the network's own and the broadcast address included. */
export function sizeOf({ family, prefixLength }: Pick<Subnet, "family" | "prefixLength">): bigint {
  return 1n << BigInt(bitsOf(family) - prefixLength);
}

/** "10.1.2.3/16" or "fd00::1/64" as an address and its network. */
export function parseInterfaceAddress(text: string): { address: Address; subnet: Subnet } {
  const [ip = "", length = "", ...rest] = text.split("/");
  const prefixLength = Number(length);
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) throw notCidr(text);
  const address = parseAddress(ip);
  const { family, value } = address;
  if (prefixLength > bitsOf(family)) throw notCidr(text);
  const size = sizeOf({ family, prefixLength });
  return { address, subnet: { family, base: value - (value % size), prefixLength } };
}

const notCidr = (text: string) =>
  invalid(`"${text}" is not an address with a prefix length such as 172.17.0.1/16 or fd00::1/64`);

/** "10.1.0.0/16"; bits beyond the prefix are ignored. */
export function parseSubnet(text: string): Subnet {
  return parseInterfaceAddress(text).subnet;
}

export function formatSubnet({ family, base, prefixLength }: Subnet): string {
  return `${formatAddress({ family, value: base })}/${prefixLength}`;
}

/** The last address. */
export function lastOf(subnet: Subnet): bigint {
  return subnet.base + sizeOf(subnet) - 1n;
}

export function contains(subnet: Subnet, { family, value }: Address): boolean {
  return family === subnet.family && value >= subnet.base && value <= lastOf(subnet);
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return a.family === b.family && a.base <= lastOf(b) && b.base <= lastOf(a);
}

/** Is every address of `inner` one of `outer`? */
export function within(inner: Subnet, outer: Subnet): boolean {
  return inner.prefixLength >= outer.prefixLength && overlap(inner, outer);
}
