import {
  attribute,
  attributeText,
  nestedAttribute,
  parseAttributes,
  stringAttribute,
  uint8Attribute,
  uint32Attribute,
} from "./attributes.ts";
import { type NetlinkReply, type NetlinkRequest, NLM_F_CREATE, NLM_F_EXCL } from "./socket.ts";

/** rtnetlink(7) and linux/if_link.h. */
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
const IFF_UP = 1;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_IFALIAS = 20;
const IFLA_NET_NS_FD = 28;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_INFO_SLAVE_DATA = 5;
const IFLA_BRPORT_MODE = 4;
const IFLA_BR_NF_CALL_IPTABLES = 36;
const VETH_INFO_PEER = 1;

/** A network interface as a dump shows it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  /** Colon-separated; empty for links without one. */
  readonly mac: string;
  readonly mtu: number;
  /** `bridge`, `veth` …; undefined for physical links. */
  readonly kind: string | undefined;
  /** The index of the bridge it is a port of. */
  readonly master: number | undefined;
  /** Free text that the administrator, or we, gave it. */
  readonly alias: string | undefined;
}

/** What can be set on a link, when it is created or later. */
export interface LinkSettings {
  readonly up?: boolean;
  readonly mac?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** The index of a bridge; 0 takes it out of its bridge. */
  readonly master?: number;
  readonly alias?: string;
  /** For a port of a bridge: may a frame leave by the port it came from? */
  readonly hairpin?: boolean;
}

export function linkHeader(index = 0, flags = 0, change = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(flags, 8);
  header.writeUInt32LE(change, 12);
  return header;
}

function settings({ mac, mtu, master, alias, hairpin }: LinkSettings): Buffer[] {
  const attributes: Buffer[] = [];
  if (mac !== undefined) attributes.push(attribute(IFLA_ADDRESS, macBytes(mac)));
  if (mtu !== undefined) attributes.push(uint32Attribute(IFLA_MTU, mtu));
  if (master !== undefined) attributes.push(uint32Attribute(IFLA_MASTER, master));
  if (alias !== undefined) attributes.push(stringAttribute(IFLA_IFALIAS, alias));
  if (hairpin !== undefined) {
    attributes.push(
      nestedAttribute(
        IFLA_LINKINFO,
        stringAttribute(IFLA_INFO_SLAVE_KIND, "bridge"),
        nestedAttribute(IFLA_INFO_SLAVE_DATA, uint8Attribute(IFLA_BRPORT_MODE, hairpin ? 1 : 0)),
      ),
    );
  }
  return attributes;
}

const headerFor = ({ up }: LinkSettings): Buffer =>
  up === undefined ? linkHeader() : linkHeader(0, up ? IFF_UP : 0, IFF_UP);

/** A new bridge; an alias cannot be given while a link is created, only later. */
export function createBridge(name: string, bridge: Omit<LinkSettings, "alias" | "hairpin">): NetlinkRequest {
  const kind = nestedAttribute(IFLA_LINKINFO, stringAttribute(IFLA_INFO_KIND, "bridge"));
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: Buffer.concat([headerFor(bridge), stringAttribute(IFLA_IFNAME, name), ...settings(bridge), kind]),
    what: `create the bridge ${name}`,
  };
}

/**
 * A new veth pair: one end here, its peer made directly inside the namespace open at `namespaceFd`. The peer
 * starts down: the kernel refuses to open it before both ends know each other.
 */
export function createVeth(
  name: string,
  host: Pick<LinkSettings, "up" | "mac" | "mtu" | "master">,
  peer: Pick<LinkSettings, "mac" | "mtu"> & { readonly name: string; readonly namespaceFd: number },
): NetlinkRequest {
  const peerInfo = attribute(
    VETH_INFO_PEER,
    Buffer.concat([
      linkHeader(),
      stringAttribute(IFLA_IFNAME, peer.name),
      uint32Attribute(IFLA_NET_NS_FD, peer.namespaceFd),
      ...settings(peer),
    ]),
  );
  const kind = nestedAttribute(
    IFLA_LINKINFO,
    stringAttribute(IFLA_INFO_KIND, "veth"),
    nestedAttribute(IFLA_INFO_DATA, peerInfo),
  );
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: Buffer.concat([headerFor(host), stringAttribute(IFLA_IFNAME, name), ...settings(host), kind]),
    what: `create the interface ${name}`,
  };
}

/** Changes an existing link, all settings in one request. */
export function setLink(name: string, link: LinkSettings): NetlinkRequest {
  return {
    type: RTM_NEWLINK,
    body: Buffer.concat([headerFor(link), stringAttribute(IFLA_IFNAME, name), ...settings(link)]),
    what: `change the interface ${name}`,
  };
}

/** Lets iptables see what a bridge passes from port to port. Has an effect where br_netfilter is loaded. */
export function filterBridge(name: string): NetlinkRequest {
  const kind = nestedAttribute(
    IFLA_LINKINFO,
    stringAttribute(IFLA_INFO_KIND, "bridge"),
    nestedAttribute(IFLA_INFO_DATA, uint8Attribute(IFLA_BR_NF_CALL_IPTABLES, 1)),
  );
  return {
    type: RTM_NEWLINK,
    body: Buffer.concat([linkHeader(), stringAttribute(IFLA_IFNAME, name), kind]),
    what: `let the packet filter see the traffic of the bridge ${name}`,
  };
}

/** Deletes a link, and with one end of a veth pair the other. ENODEV when there is none. */
export function deleteLink(name: string): NetlinkRequest {
  return {
    type: RTM_DELLINK,
    body: Buffer.concat([linkHeader(), stringAttribute(IFLA_IFNAME, name)]),
    what: `delete the interface ${name}`,
  };
}

/** The link of a name. ENODEV when there is none. */
export function getLink(name: string): NetlinkRequest {
  return {
    type: RTM_GETLINK,
    body: Buffer.concat([linkHeader(), stringAttribute(IFLA_IFNAME, name)]),
    what: `look up the interface ${name}`,
  };
}

export function parseLink({ body }: NetlinkReply): Link {
  const attributes = parseAttributes(body.subarray(16));
  const info = parseAttributes(attributes.get(IFLA_LINKINFO) ?? Buffer.alloc(0));
  return {
    index: body.readInt32LE(4),
    name: attributeText(attributes.get(IFLA_IFNAME)) ?? "",
    up: (body.readUInt32LE(8) & IFF_UP) !== 0,
    mac:
      attributes
        .get(IFLA_ADDRESS)
        ?.toString("hex")
        .replace(/..(?!$)/g, "$&:") ?? "",
    mtu: attributes.get(IFLA_MTU)?.readUInt32LE() ?? 0,
    kind: attributeText(info.get(IFLA_INFO_KIND)),
    master: attributes.get(IFLA_MASTER)?.readUInt32LE(),
    alias: attributeText(attributes.get(IFLA_IFALIAS)),
  };
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}
