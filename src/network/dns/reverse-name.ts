import { isIPv6 } from "node:net";

/** The name that stands for an address in questions for its name: `2.0.18.172.in-addr.arpa`, RFC 1035 and 3596. */
export function reverseName(address: string): string {
  if (!isIPv6(address)) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  return `${[...hexadecimal(address)].reverse().join(".")}.ip6.arpa`;
}

/** The 32 digits of an IPv6 address. */
function hexadecimal(address: string): string {
  const [head = [], tail = []] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill("0");
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, "0")).join("");
}
