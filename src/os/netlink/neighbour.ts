import { attribute, parseAttributes } from "./attributes.ts";
import { AF, addressBytes, addressText, type Family, familyOf } from "./ip.ts";
import type { NetlinkReply, NetlinkRequest } from "./socket.ts";

/** rtnetlink(7) and linux/neighbour.h. */
const RTM_DELNEIGH = 29;
const RTM_GETNEIGH = 30;
const NDA_DST = 1;
const NDA_LLADDR = 2;
const HEADER_BYTES = 12;

/** NUD_PERMANENT and NUD_NOARP: an administrator or the kind of link says so, nobody is asked. */
const FIXED = 0x80 | 0x40;

/** Who answers for an address on a link, as ARP or neighbour discovery found out. */
export interface Neighbour {
  readonly index: number;
  readonly address: string;
  /** Colon-separated; empty while nobody answered. */
  readonly mac: string;
  /** It was set, and not found out. */
  readonly fixed: boolean;
}

function header(family: Family, index: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt8(AF[family], 0);
  bytes.writeInt32LE(index, 4);
  return bytes;
}

export function listNeighbours(family: Family): NetlinkRequest {
  return { type: RTM_GETNEIGH, body: header(family, 0), what: "list the neighbours" };
}

/** Forgets who had an address, so that its next packet asks anew. ENOENT when it is not known. */
export function forgetNeighbour({ index, address }: Pick<Neighbour, "index" | "address">): NetlinkRequest {
  const target = addressBytes(address);
  return {
    type: RTM_DELNEIGH,
    body: Buffer.concat([header(familyOf(target), index), attribute(NDA_DST, target)]),
    what: `forget the neighbour ${address}`,
  };
}

export function parseNeighbour({ body }: NetlinkReply): Neighbour {
  const attributes = parseAttributes(body.subarray(HEADER_BYTES));
  const target = attributes.get(NDA_DST);
  const mac = attributes.get(NDA_LLADDR);
  return {
    index: body.readInt32LE(4),
    address: target === undefined ? "" : addressText(target),
    mac: mac?.toString("hex").replace(/..(?!$)/g, "$&:") ?? "",
    fixed: (body.readUInt16LE(8) & FIXED) !== 0,
  };
}
