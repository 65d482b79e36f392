import {
  attribute,
  nestedAttribute,
  stringAttribute,
  uint8Attribute,
  uint32Attribute,
} from "./attributes.ts";
import {
  createLink,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINKINFO,
  IFLA_NET_NS_FD,
  type LinkSettings,
  linkHeader,
  RTM_NEWLINK,
  settingAttributes,
} from "./link.ts";
import type { NetlinkRequest } from "./socket.ts";

/** linux/if_link.h and linux/veth.h. */
const IFLA_BR_NF_CALL_IPTABLES = 36;
const VETH_INFO_PEER = 1;

/** A new bridge. EEXIST when the name is taken. */
export function createBridge(name: string, bridge: Omit<LinkSettings, "alias" | "hairpin">): NetlinkRequest {
  return createLink(name, "bridge", bridge, { what: `create the bridge ${name}` });
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
      ...settingAttributes(peer),
    ]),
  );
  return createLink(name, "veth", host, { data: [peerInfo], what: `create the interface ${name}` });
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
