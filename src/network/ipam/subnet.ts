import { isIPv4 } from "node:net";
import { invalid } from "../../errors/index.ts";

/** An IPv4 network: its first address as a number, and the length of its prefix. */
export interface Subnet {
  readonly base: number;
  readonly prefixLength: number;
}

export function parseAddress(text: string): number {
  if (!isIPv4(text)) throw invalid(`"${text}" is not an IPv4 address`);
  return text.split(".").reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** The number of addresses, the network's own and the broadcast address included. */
export function sizeOf(subnet: Subnet): number {
  return 2 ** (32 - subnet.prefixLength);
}

/** "10.1.2.3/16" as an address and its network. */
export function parseInterfaceAddress(text: string): { address: number; subnet: Subnet } {
  const [ip = "", length = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,2}$/.test(length) || Number(length) > 32) {
    throw invalid(`"${text}" is not an address with a prefix length such as 172.17.0.1/16`);
  }
  const prefixLength = Number(length);
  const address = parseAddress(ip);
  const size = 2 ** (32 - prefixLength);
  return { address, subnet: { base: Math.floor(address / size) * size, prefixLength } };
}

/** "10.1.0.0/16"; bits beyond the prefix are ignored. */
export function parseSubnet(text: string): Subnet {
  return parseInterfaceAddress(text).subnet;
}

export function formatSubnet({ base, prefixLength }: Subnet): string {
  return `${formatAddress(base)}/${prefixLength}`;
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address < subnet.base + sizeOf(subnet);
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return contains(a, b.base) || contains(b, a.base);
}
