import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";
import { check, libc } from "./libc.ts";
import { addressBytes } from "./netlink/index.ts";

/** packet(7), linux/if_ether.h. */
const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const ETHERTYPE = { arp: 0x0806, ipv6: 0x86dd } as const;

const ICMPV6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;
const OVERRIDE = 0x20;
const TARGET_LINK_ADDRESS = 2;

const BROADCAST = Buffer.alloc(6, 0xff);
/** All nodes on the link, ff02::1, as hardware and as IPv6 address (RFC 4291, RFC 2464). */
const ALL_NODES_MAC = Buffer.from("333300000001", "hex");
const ALL_NODES = addressBytes("ff02::1");

/**
 * Tells everybody on an interface's wire who has its addresses now, so that nobody goes on sending to whoever had
 * them before: gratuitous ARP (RFC 5227) and unsolicited neighbour advertisements (RFC 4861, 7.2.6). The interface
 * is one of the namespace that this thread is in, and is up.
 */
export function announce(index: number, mac: string, addresses: readonly string[]): void {
  const fd = check(
    libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0),
    "open a packet socket to announce addresses",
  );
  try {
    const where = Buffer.alloc(20);
    where.writeUInt16LE(AF_PACKET, 0);
    where.writeInt32LE(index, 4);
    check(libc.bind(fd, ptr(where), where.length), "bind a packet socket to an interface");
    const from = Buffer.from(mac.replaceAll(":", ""), "hex");
    for (const address of addresses) {
      const bytes = addressBytes(address);
      const frame = bytes.length === 4 ? arpFrame(from, bytes) : advertisementFrame(from, bytes);
      send(fd, frame, address);
    }
  } finally {
    closeSync(fd);
  }
}

function send(fd: number, frame: Buffer, address: string): void {
  try {
    check(libc.send(fd, ptr(frame), frame.length, MSG_DONTWAIT), `announce the address ${address}`);
  } catch (error) {
    // A wire that takes nothing now has nobody on it to tell.
    if (!["ENOBUFS", "ENETDOWN", "EAGAIN"].includes(errnoOf(error) ?? "")) throw error;
  }
}

function ethernet(to: Buffer, from: Buffer, type: number, payload: Buffer): Buffer {
  const ethertype = Buffer.alloc(2);
  ethertype.writeUInt16BE(type);
  return Buffer.concat([to, from, ethertype, payload]);
}

/** A request for the address by its owner: the form that all systems learn from. */
function arpFrame(mac: Buffer, address: Buffer): Buffer {
  // Ethernet, IPv4, lengths of their addresses, request.
  const head = Buffer.from("0001080006040001", "hex");
  return ethernet(
    BROADCAST,
    mac,
    ETHERTYPE.arp,
    Buffer.concat([head, mac, address, Buffer.alloc(6), address]),
  );
}

function advertisementFrame(mac: Buffer, address: Buffer): Buffer {
  const message = Buffer.concat([
    Buffer.of(NEIGHBOUR_ADVERTISEMENT, 0, 0, 0, OVERRIDE, 0, 0, 0),
    address,
    Buffer.of(TARGET_LINK_ADDRESS, 1),
    mac,
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const pseudoHeader = Buffer.concat([address, ALL_NODES, length, Buffer.of(0, 0, 0, ICMPV6)]);
  message.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, message])), 2);
  const header = Buffer.concat([Buffer.of(0x60, 0, 0, 0), length.subarray(2), Buffer.of(ICMPV6, 255)]);
  return ethernet(ALL_NODES_MAC, mac, ETHERTYPE.ipv6, Buffer.concat([header, address, ALL_NODES, message]));
}

/** Of the Internet (RFC 1071); the length is even here. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
