import { errnoOf } from "../../errors/index.ts";
import {
  attribute,
  nestedAttribute,
  parseAttributes,
  uint8Attribute,
  uint32Attribute,
} from "../netlink/attributes.ts";
import { NetlinkSocket, NLM_F_DUMP } from "../netlink/socket.ts";

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
 * port is otherwise led for ever where the rules led its first packet. Needs Linux 5.8.
 */
export function forgetUdpFlows(hostPorts: readonly number[]): void {
  using socket = new NetlinkSocket(NETLINK_NETFILTER);
  for (const hostPort of hostPorts) {
    const flows = socket.query(flowsTo(hostPort));
    const stale = flows.flatMap(
      ({ body }) => parseAttributes(body.subarray(NFGENMSG_BYTES)).get(CTA_TUPLE_ORIG) ?? [],
    );
    for (const tuple of stale) forget(socket, tuple);
  }
}

const header = (): Buffer => Buffer.of(AF_INET, 0, 0, 0);

function flowsTo(hostPort: number) {
  const port = Buffer.alloc(2);
  port.writeUInt16BE(hostPort);
  const protocol = [uint8Attribute(CTA_PROTO_NUM, IPPROTO_UDP), attribute(CTA_PROTO_DST_PORT, port)];
  const tuple = nestedAttribute(CTA_TUPLE_ORIG, nestedAttribute(CTA_TUPLE_PROTO, ...protocol));
  const flags = uint32Attribute(CTA_FILTER_ORIG_FLAGS, MATCH_PROTOCOL | MATCH_DESTINATION_PORT);
  return {
    type: (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET,
    flags: NLM_F_DUMP,
    body: Buffer.concat([header(), tuple, nestedAttribute(CTA_FILTER, flags)]),
    what: `list the UDP flows to port ${hostPort}`,
  };
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
