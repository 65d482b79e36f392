import { attribute, nestedAttribute, stringAttribute } from "../netlink/attributes.ts";
import { type NetlinkRequest, NetlinkSocket, NLM_F_CREATE } from "../netlink/socket.ts";

/** linux/netfilter/nfnetlink.h and nf_tables.h. */
const NETLINK_NETFILTER = 12;
const NFNL_SUBSYS_NFTABLES = 10;
const NFNL_MSG_BATCH_BEGIN = 0x10;
const NFNL_MSG_BATCH_END = 0x11;
const NFT_MSG_NEWTABLE = 0;
const NFT_MSG_DELTABLE = 2;
const NFT_MSG_NEWCHAIN = 3;
const NFT_MSG_NEWRULE = 6;
const NFPROTO_IPV4 = 2;
const NLM_F_APPEND = 0x800;
const REGISTER = 1;
const META_L4PROTO = 16;
const NETWORK_HEADER = 1;
const TRANSPORT_HEADER = 2;
const CHECKSUM_INET = 1;

const TABLE = "slipway-names";
/**
 * Requests change before connection tracking sees them, answers after it has: a packet filter in the container that
 * tracks connections finds both directions at the server's real port.
 */
const REQUESTS = { chain: "requests", hook: 3, priority: -310 };
const ANSWERS = { chain: "answers", hook: 4, priority: 310 };
const SOURCE = { address: 12, port: 0 };
const DESTINATION = { address: 16, port: 2 };

interface Transport {
  readonly number: number;
  /** Of the checksum in its header. */
  readonly checksum: number;
}

const udp: Transport = { number: 17, checksum: 6 };
const tcp: Transport = { number: 6, checksum: 16 };

/** A service that programs find at one port and that listens at others. */
export interface PortRewrite {
  /** IPv4, of this namespace. */
  readonly address: string;
  readonly port: number;
  readonly udp: number;
  readonly tcp: number;
}

/**
 * Leads what this thread's network namespace sends to `address:port` to the ports where the service listens, and gives
 * its answers the port that was asked. Ports in headers are rewritten, no connection is tracked: other traffic pays
 * one comparison. What an earlier call did is replaced in the same transaction. Takes about 1 ms, without a child.
 * Fails with the kernel's errno where nf_tables is missing.
 */
export function rewritePorts({ address, port, ...real }: PortRewrite): void {
  const [hidden, shown] = [bytes16(port), { udp: bytes16(real.udp), tcp: bytes16(real.tcp) }];
  const host = Buffer.from(address.split(".").map(Number));
  using socket = new NetlinkSocket(NETLINK_NETFILTER);
  socket.transact(
    bracket(NFNL_MSG_BATCH_BEGIN),
    table(NFT_MSG_NEWTABLE),
    table(NFT_MSG_DELTABLE),
    table(NFT_MSG_NEWTABLE),
    chain(REQUESTS),
    chain(ANSWERS),
    rule(REQUESTS.chain, match(udp, DESTINATION, host, hidden), write(udp, DESTINATION, shown.udp)),
    rule(REQUESTS.chain, match(tcp, DESTINATION, host, hidden), write(tcp, DESTINATION, shown.tcp)),
    rule(ANSWERS.chain, match(udp, SOURCE, host, shown.udp), write(udp, SOURCE, hidden)),
    rule(ANSWERS.chain, match(tcp, SOURCE, host, shown.tcp), write(tcp, SOURCE, hidden)),
    bracket(NFNL_MSG_BATCH_END),
  );
}

const what = "lead the name server's port to where it listens";

function bytes16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** nf_tables' numbers are in network byte order. */
function number32(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return attribute(type, bytes);
}

function bracket(type: number): NetlinkRequest {
  return { type, body: Buffer.of(0, 0, 0, NFNL_SUBSYS_NFTABLES), what, silent: true };
}

function request(type: number, flags: number, ...attributes: Buffer[]): NetlinkRequest {
  const body = Buffer.concat([Buffer.of(NFPROTO_IPV4, 0, 0, 0), ...attributes]);
  return { type: (NFNL_SUBSYS_NFTABLES << 8) | type, flags, body, what };
}

function table(type: number): NetlinkRequest {
  return request(type, type === NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0, stringAttribute(1, TABLE));
}

function chain({ chain: name, hook, priority }: typeof REQUESTS): NetlinkRequest {
  const place = nestedAttribute(4, number32(1, hook), number32(2, priority));
  const names = [stringAttribute(1, TABLE), stringAttribute(3, name), place, stringAttribute(7, "filter")];
  return request(NFT_MSG_NEWCHAIN, NLM_F_CREATE, ...names);
}

function rule(chainName: string, ...expressions: Buffer[][]): NetlinkRequest {
  return request(
    NFT_MSG_NEWRULE,
    NLM_F_CREATE | NLM_F_APPEND,
    stringAttribute(1, TABLE),
    stringAttribute(2, chainName),
    nestedAttribute(4, ...expressions.flat()),
  );
}

function expression(name: string, ...data: Buffer[]): Buffer {
  return nestedAttribute(1, stringAttribute(1, name), nestedAttribute(2, ...data));
}

/** The address first: it tells nearly every packet apart that is not ours. */
function match(transport: Transport, side: typeof SOURCE, address: Buffer, port: Buffer): Buffer[] {
  return [
    load(NETWORK_HEADER, side.address, 4),
    equals(address),
    expression("meta", number32(1, REGISTER), number32(2, META_L4PROTO)),
    equals(Buffer.of(transport.number)),
    load(TRANSPORT_HEADER, side.port, 2),
    equals(port),
  ];
}

function load(header: number, offset: number, length: number): Buffer {
  const place = [number32(2, header), number32(3, offset), number32(4, length)];
  return expression("payload", number32(1, REGISTER), ...place);
}

function equals(value: Buffer): Buffer {
  return expression("cmp", number32(1, REGISTER), number32(2, 0), nestedAttribute(3, attribute(1, value)));
}

function write({ checksum }: Transport, side: typeof SOURCE, port: Buffer): Buffer[] {
  return [
    expression("immediate", number32(1, REGISTER), nestedAttribute(2, attribute(1, port))),
    expression(
      "payload",
      number32(5, REGISTER),
      number32(2, TRANSPORT_HEADER),
      number32(3, side.port),
      number32(4, 2),
      number32(6, CHECKSUM_INET),
      number32(7, checksum),
    ),
  ];
}
