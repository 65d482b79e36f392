import { errnoOf } from "../../errors/index.ts";
import {
  attribute,
  nestedAttribute,
  parseAttributes,
  uint8Attribute,
  uint32Attribute,
} from "../netlink/attributes.ts";
import { AF, addressBytes, type Family } from "../netlink/ip.ts";
import { type NetlinkRequest, NetlinkSocket, NLM_F_DUMP } from "../netlink/socket.ts";

/** linux/netfilter/nfnetlink_conntrack.h; the flags are of the kernel's nf_internals.h. */
const NETLINK_NETFILTER = 12;
const NFNL_SUBSYS_CTNETLINK = 1;
const IPCTNL_MSG_CT_GET = 1;
const IPCTNL_MSG_CT_DELETE = 2;
const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_REPLY = 2;
const CTA_TUPLE_IP = 1;
const CTA_TUPLE_PROTO = 2;
const CTA_IP_SRC = { 4: 1, 6: 3 } as const;
const CTA_PROTO_NUM = 1;
const CTA_PROTO_SRC_PORT = 2;
const CTA_PROTO_DST_PORT = 3;
const CTA_FILTER = 25;
const CTA_FILTER_ORIG_FLAGS = 1;
const MATCH_PROTOCOL = 1 << 3;
const MATCH_DESTINATION_PORT = 1 << 5;
const NFGENMSG_BYTES = 4;
const IPPROTO = { tcp: 6, udp: 17, sctp: 132 } as const;

/** Flows from clients to a port of this host. */
export interface Flows {
  readonly protocol: keyof typeof IPPROTO;
  readonly family: Family;
  readonly hostPort: number;
  /** Only those that are led to this address and port; all of them unless given, also those into the host itself. */
  readonly target?: { readonly address: string; readonly port: number };
}

/**
 * Forgets flows that the kernel tracks. A client that goes on sending from the same port is otherwise led for ever
 * where the rules led its first packet; of a TCP connection that is forgotten the next packet is answered with a reset.
 * The kernel walks its whole table for that, 3 ms where it is of the usual size, so all of a protocol are looked for
 * at once. Needs Linux 5.8.
 */
export function forgetFlows(flows: readonly Flows[]): void {
  if (flows.length === 0) return;
  using socket = new NetlinkSocket(NETLINK_NETFILTER);
  const groups = Map.groupBy(flows, ({ protocol, family }) => `${protocol}${family}`);
  for (const group of groups.values()) {
    for (const { body } of socket.query(list(group))) {
      const attributes = parseAttributes(body.subarray(NFGENMSG_BYTES));
      const original = attributes.get(CTA_TUPLE_ORIG);
      const reply = attributes.get(CTA_TUPLE_REPLY);
      if (original === undefined || !group.some((it) => isOf(it, original, reply))) continue;
      forget(socket, group[0]?.family ?? 4, original);
    }
  }
}

const header = (family: Family): Buffer => Buffer.of(AF[family], 0, 0, 0);

/** Of a single port the kernel lists only the flows wanted; of several, all of the protocol. */
function list([first, ...others]: readonly Flows[]): NetlinkRequest {
  const { protocol = "udp", family = 4, hostPort = 0 } = first ?? {};
  const port = Buffer.alloc(2);
  port.writeUInt16BE(hostPort);
  const numbers = [uint8Attribute(CTA_PROTO_NUM, IPPROTO[protocol]), attribute(CTA_PROTO_DST_PORT, port)];
  const tuple = nestedAttribute(CTA_TUPLE_ORIG, nestedAttribute(CTA_TUPLE_PROTO, ...numbers));
  const match = others.length === 0 ? MATCH_PROTOCOL | MATCH_DESTINATION_PORT : MATCH_PROTOCOL;
  return {
    type: (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET,
    flags: NLM_F_DUMP,
    body: Buffer.concat([
      header(family),
      tuple,
      nestedAttribute(CTA_FILTER, uint32Attribute(CTA_FILTER_ORIG_FLAGS, match)),
    ]),
    what: `list the ${protocol} flows that the kernel tracks`,
  };
}

/** Answers come from the container itself, whatever address the client sent to. */
function isOf(
  { protocol, family, hostPort, target }: Flows,
  original: Buffer,
  reply: Buffer = Buffer.alloc(0),
): boolean {
  const there = part(original, CTA_TUPLE_PROTO);
  if (there.get(CTA_PROTO_NUM)?.[0] !== IPPROTO[protocol]) return false;
  if (there.get(CTA_PROTO_DST_PORT)?.readUInt16BE() !== hostPort) return false;
  if (target === undefined) return true;
  const source = part(reply, CTA_TUPLE_IP).get(CTA_IP_SRC[family]);
  const port = part(reply, CTA_TUPLE_PROTO).get(CTA_PROTO_SRC_PORT);
  return port?.readUInt16BE() === target.port && (source?.equals(addressBytes(target.address)) ?? false);
}

const part = (tuple: Buffer, type: number) =>
  parseAttributes(parseAttributes(tuple).get(type) ?? Buffer.alloc(0));

function forget(socket: NetlinkSocket, family: Family, tuple: Buffer): void {
  try {
    socket.transact({
      type: (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE,
      body: Buffer.concat([header(family), nestedAttribute(CTA_TUPLE_ORIG, tuple)]),
      what: "forget a flow",
    });
  } catch (error) {
    // It expired meanwhile.
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
