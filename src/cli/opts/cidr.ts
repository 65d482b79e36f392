import { isIP } from "./ip.ts";

/** A block of addresses, or one address with all bits as its prefix. */
export interface Cidr {
  readonly family: 4 | 6;
  /** As it was written, bits of the host included. */
  readonly address: bigint;
  readonly prefixLength: number;
}

/** Reads `10.0.0.0/8` or `fd00::/64`; undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(.+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const one = match === null ? undefined : parseAddress(match[1]!);
  const prefixLength = Number(match?.[2]);
  return one === undefined || prefixLength > one.prefixLength ? undefined : { ...one, prefixLength };
}

/** Reads an address as the block of it alone; undefined for what is none. */
export function parseAddress(text: string): Cidr | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  if (family === 4) {
    const address = text.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
    return { family, address, prefixLength: 32 };
  }
  return { family, address: groups(text).reduce((sum, part) => (sum << 16n) | part, 0n), prefixLength: 128 };
}

/** The eight groups of an IPv6 address; the URL parser writes an embedded IPv4 address in hexadecimal. */
function groups(text: string): bigint[] {
  const written = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = written.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].map((group) => BigInt(`0x${group}`));
}

/** Whether the first address of `inner` lies in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  const bits = BigInt((outer.family === 4 ? 32 : 128) - outer.prefixLength);
  return outer.family === inner.family && outer.address >> bits === inner.address >> bits;
}
