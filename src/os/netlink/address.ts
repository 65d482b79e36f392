import { isIPv4 } from "node:net";
import { invalid } from "../../errors/index.ts";
import { attribute, parseAttributes } from "./attributes.ts";
import { type NetlinkReply, type NetlinkRequest, NLM_F_CREATE, NLM_F_EXCL } from "./socket.ts";

/** rtnetlink(7), linux/if_addr.h and linux/rtnetlink.h. */
const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;
const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;
const AF_INET = 2;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_BROADCAST = 4;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RT_TABLE_MAIN = 254;
const RTPROT_BOOT = 3;
const RTN_UNICAST = 1;

/** An IPv4 address of an interface. */
export interface InterfaceAddress {
  readonly index: number;
  readonly address: string;
  readonly prefixLength: number;
}

/** A unicast IPv4 route of the main table; the default route is 0.0.0.0/0. */
export interface Route {
  readonly destination: string;
  readonly prefixLength: number;
  readonly gateway: string | undefined;
  /** The index of the interface it leaves by. */
  readonly index: number | undefined;
}

const dotted = (bytes: Buffer | undefined): string | undefined => bytes?.subarray(0, 4).join(".");

function bytesOf(address: string): Buffer {
  if (!isIPv4(address)) throw invalid(`"${address}" is not an IPv4 address`);
  return Buffer.from(address.split(".").map(Number));
}

function addressRequest(type: number, flags: number, what: string, it: InterfaceAddress): NetlinkRequest {
  const header = Buffer.alloc(8);
  header.writeUInt8(AF_INET, 0);
  header.writeUInt8(it.prefixLength, 1);
  header.writeUInt32LE(it.index, 4);
  const local = bytesOf(it.address);
  const broadcast = Buffer.alloc(4);
  broadcast.writeUInt32BE((local.readUInt32BE() | (2 ** (32 - it.prefixLength) - 1)) >>> 0);
  const attributes = [attribute(IFA_LOCAL, local), attribute(IFA_ADDRESS, local)];
  if (it.prefixLength < 31) attributes.push(attribute(IFA_BROADCAST, broadcast));
  return { type, flags, body: Buffer.concat([header, ...attributes]), what: `${what} ${it.address}` };
}

/** Gives an interface an address. EEXIST when it has it. */
export function addAddress(address: InterfaceAddress): NetlinkRequest {
  return addressRequest(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "assign the address", address);
}

/** Takes an address from an interface. EADDRNOTAVAIL when it does not have it. */
export function removeAddress(address: InterfaceAddress): NetlinkRequest {
  return addressRequest(RTM_DELADDR, 0, "remove the address", address);
}

/** A default route; the interface is the one whose network the gateway is in. */
export function addDefaultRoute(gateway: string): NetlinkRequest {
  const header = Buffer.from([AF_INET, 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST, 0, 0, 0, 0]);
  return {
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: Buffer.concat([header, attribute(RTA_GATEWAY, bytesOf(gateway))]),
    what: `set the default route via ${gateway}`,
  };
}

export function getIPv4(type: number, headerSize: number, what: string): NetlinkRequest {
  const header = Buffer.alloc(headerSize);
  header.writeUInt8(AF_INET, 0);
  return { type, body: header, what };
}

export function parseAddress({ body }: NetlinkReply): InterfaceAddress {
  const attributes = parseAttributes(body.subarray(8));
  return {
    index: body.readUInt32LE(4),
    address: dotted(attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS)) ?? "",
    prefixLength: body.readUInt8(1),
  };
}

/** Undefined for routes of other tables and kinds, such as the local and broadcast ones. */
export function parseRoute({ body }: NetlinkReply): Route | undefined {
  if (body.readUInt8(4) !== RT_TABLE_MAIN || body.readUInt8(7) !== RTN_UNICAST) return undefined;
  const attributes = parseAttributes(body.subarray(12));
  return {
    destination: dotted(attributes.get(RTA_DST)) ?? "0.0.0.0",
    prefixLength: body.readUInt8(1),
    gateway: dotted(attributes.get(RTA_GATEWAY)),
    index: attributes.get(RTA_OIF)?.readUInt32LE(),
  };
}
