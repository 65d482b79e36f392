import { BlockList, isIP } from "node:net";

/** A set of IP addresses, given by CIDRs. */
export interface Addresses {
  has(address: string): boolean;
}

const family = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** Whether a text is an address with the length of a prefix. */
export function isCidr(text: string): boolean {
  const [address = "", length = "", rest] = text.split("/");
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest === undefined && /^\d{1,3}$/.test(length) && Number(length) <= longest;
}

/** Whatever is no CIDR is left out. */
export function parseAddresses(cidrs: readonly string[]): Addresses {
  const list = new BlockList();
  for (const cidr of cidrs.filter(isCidr)) {
    const [address = "", length] = cidr.split("/");
    list.addSubnet(address, Number(length), family(address));
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, family(address)) };
}

const loopback = parseAddresses(["127.0.0.0/8", "::1/128"]);

export function isLoopback(address: string): boolean {
  return loopback.has(address);
}
