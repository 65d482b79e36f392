import { errnoOf } from "../../errors/index.ts";
import {
  attribute,
  nestedAttribute,
  parseAttributes,
  uint8Attribute,
  uint32Attribute,
} from "../netlink/attributes.ts";
import { type NetlinkRequest, NetlinkSocket, NLM_F_DUMP } from "../netlink/socket.ts";

/** linux/netfilter/nfnetlink_conntrack.h; the flags are of the kernel's nf_internals.h. */
const NETLINK_NETFILTER = 12;
const NFNL_SUBSYS_CTNETLINK = 1;
const IPCTNL_MSG_CT_GET = 1;
const IPCTNL_MSG_CT_DELETE = 2;
const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_PROTO = 2;
const CTA_PROTO_NUM = 1;
const CTA_PROTO_DST_PORT = 3;
const CTA_FILTER = 25;
const CTA_FILTER_ORIG_FLAGS = 1;
const MATCH_PROTOCOL = 1 << 3;
const MATCH_DESTINATION_PORT = 1 << 5;
const NFGENMSG_BYTES = 4;
const AF_INET = 2;
const IPPROTO_UDP = 17;

/**
 * Forgets the UDP "connections" of clients to ports of this host. A client that goes on sending from the same
 * port is otherwise led for ever where the rules led its first packet. The kernel walks its whole table for
 * that, 3 ms where it is of the usual size, so all ports are looked for at once. Needs Linux 5.8.
 */
export function forgetUdpFlows(hostPorts: readonly number[]): void {
  const wanted = new Set<number | undefined>(hostPorts);
  using socket = new NetlinkSocket(NETLINK_NETFILTER);
  for (const { body } of socket.query(udpFlows(hostPorts))) {
    const tuple = parseAttributes(body.subarray(NFGENMSG_BYTES)).get(CTA_TUPLE_ORIG);
    if (tuple !== undefined && wanted.has(destinationPort(tuple))) forget(socket, tuple);
  }
}

const header = (): Buffer => Buffer.of(AF_INET, 0, 0, 0);

/** Of a single port the kernel lists only the flows wanted; of several, all UDP flows. */
function udpFlows([hostPort = 0, ...others]: readonly number[]): NetlinkRequest {
  const port = Buffer.alloc(2);
  port.writeUInt16BE(hostPort);
  const protocol = [uint8Attribute(CTA_PROTO_NUM, IPPROTO_UDP), attribute(CTA_PROTO_DST_PORT, port)];
  const tuple = nestedAttribute(CTA_TUPLE_ORIG, nestedAttribute(CTA_TUPLE_PROTO, ...protocol));
  const match = others.length === 0 ? MATCH_PROTOCOL | MATCH_DESTINATION_PORT : MATCH_PROTOCOL;
  return {
    type: (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET,
    flags: NLM_F_DUMP,
    body: Buffer.concat([
      header(),
      tuple,
      nestedAttribute(CTA_FILTER, uint32Attribute(CTA_FILTER_ORIG_FLAGS, match)),
    ]),
    what: "list the UDP flows that the kernel tracks",
  };
}

function destinationPort(tuple: Buffer): number | undefined {
  const protocol = parseAttributes(tuple).get(CTA_TUPLE_PROTO) ?? Buffer.alloc(0);
  return parseAttributes(protocol).get(CTA_PROTO_DST_PORT)?.readUInt16BE();
}

function forget(socket: NetlinkSocket, tuple: Buffer): void {
  try {
    socket.transact({
      type: (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE,
      body: Buffer.concat([header(), nestedAttribute(CTA_TUPLE_ORIG, tuple)]),
      what: "forget a UDP flow",
    });
  } catch (error) {
    // It expired meanwhile.
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
