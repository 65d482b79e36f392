import { attribute, parseAttributes, uint32Attribute } from "./attributes.ts";
import { AF, addressBytes, addressText, type Family, familyOf } from "./ip.ts";
import { type NetlinkReply, type NetlinkRequest, NLM_F_CREATE, NLM_F_EXCL } from "./socket.ts";

/** rtnetlink(7) and linux/if_addr.h. */
const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const RTM_GETADDR = 22;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_BROADCAST = 4;
const IFA_FLAGS = 8;
const IFA_F_NODAD = 2;
const HEADER_BYTES = 8;

/** An address of an interface, IPv4 or IPv6. */
export interface InterfaceAddress {
  readonly index: number;
  readonly address: string;
  readonly prefixLength: number;
}

export interface AddressOptions {
  /**
   * Uses an IPv6 address at once, instead of asking the network for a second or two whether another has it. For
   * addresses that were handed out by somebody who knows.
   */
  readonly withoutDetection?: boolean;
}

function addressRequest(
  type: number,
  flags: number,
  what: string,
  { index, address, prefixLength }: InterfaceAddress,
  { withoutDetection = false }: AddressOptions = {},
): NetlinkRequest {
  const local = addressBytes(address);
  const family = familyOf(local);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(AF[family], 0);
  header.writeUInt8(prefixLength, 1);
  header.writeUInt32LE(index, 4);
  const attributes = [attribute(IFA_LOCAL, local), attribute(IFA_ADDRESS, local)];
  if (family === 4 && prefixLength < 31)
    attributes.push(attribute(IFA_BROADCAST, broadcastOf(local, prefixLength)));
  if (family === 6 && withoutDetection) attributes.push(uint32Attribute(IFA_FLAGS, IFA_F_NODAD));
  return { type, flags, body: Buffer.concat([header, ...attributes]), what: `${what} ${address}` };
}

function broadcastOf(address: Buffer, prefixLength: number): Buffer {
  const broadcast = Buffer.alloc(4);
  broadcast.writeUInt32BE((address.readUInt32BE() | (2 ** (32 - prefixLength) - 1)) >>> 0);
  return broadcast;
}

/** Gives an interface an address. EEXIST when it has it. */
export function addAddress(address: InterfaceAddress, options?: AddressOptions): NetlinkRequest {
  return addressRequest(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "assign the address", address, options);
}

/** Takes an address from an interface. EADDRNOTAVAIL when it does not have it. */
export function removeAddress(address: InterfaceAddress): NetlinkRequest {
  return addressRequest(RTM_DELADDR, 0, "remove the address", address);
}

export function listAddresses(family: Family): NetlinkRequest {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(AF[family], 0);
  return { type: RTM_GETADDR, body: header, what: "list the addresses" };
}

export function parseAddress({ body }: NetlinkReply): InterfaceAddress {
  const attributes = parseAttributes(body.subarray(HEADER_BYTES));
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  return {
    index: body.readUInt32LE(4),
    address: bytes === undefined ? "" : addressText(bytes),
    prefixLength: body.readUInt8(1),
  };
}
