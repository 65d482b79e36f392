import { isIPv4, isIPv6 } from "node:net";
import { invalid } from "../../errors/index.ts";

/** The version of the Internet Protocol that an address belongs to. */
export type Family = 4 | 6;

/** The four or sixteen bytes of an address in network order. A zone ("fe80::1%eth0") is not part of one. */
export function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split(".").map(Number));
  if (!isIPv6(text) || text.includes("%")) throw invalid(`"${text}" is not an IPv4 or IPv6 address`);
  const [head = "", tail] = text.split("::");
  const front = groupBytes(head);
  const back = groupBytes(tail ?? "");
  return Buffer.concat([front, Buffer.alloc(16 - front.length - back.length), back]);
}

/** "1:2:ffff" or "1:10.0.0.1" as bytes. */
function groupBytes(groups: string): Buffer {
  if (groups === "") return Buffer.alloc(0);
  return Buffer.concat(
    groups.split(":").map((group) => {
      return group.includes(".") ? addressBytes(group) : Buffer.from(group.padStart(4, "0"), "hex");
    }),
  );
}

/** The usual text of an address; IPv6 in its one canonical form (RFC 5952): lower case, the longest zeros cut. */
export function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index));
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** Of equally long runs the first. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: index + 1 - length, length };
  }
  return longest;
}

/** The family of what `addressBytes` answered. */
export function familyOf(bytes: Uint8Array): Family {
  return bytes.length === 4 ? 4 : 6;
}

/** linux/socket.h: the family as messages of the kernel name it. */
export const AF = { 4: 2, 6: 10 } as const;
