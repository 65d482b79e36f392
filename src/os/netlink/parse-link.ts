import { attributeText, parseAttributes } from "./attributes.ts";
import {
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_IFALIAS,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_MASTER,
  IFLA_MTU,
} from "./link.ts";
import type { NetlinkReply } from "./socket.ts";
import { IFLA_VLAN_ID } from "./upper.ts";

const IFF_LOWER_UP = 0x10000;

/** A network interface as a dump shows it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  /** Something is connected to it that is up too. */
  readonly carrier: boolean;
  /** Colon-separated; empty for links without one. */
  readonly mac: string;
  readonly mtu: number;
  /** `bridge`, `veth` …; undefined for physical links. */
  readonly kind: string | undefined;
  /** The index of the bridge it is a port of. */
  readonly master: number | undefined;
  /** The index of the interface below it, or of a veth's other end, in whatever namespace that is. */
  readonly parent: number | undefined;
  /** The 802.1Q id of a link of kind `vlan`. */
  readonly vlanId: number | undefined;
  /** Free text that the administrator, or we, gave it. */
  readonly alias: string | undefined;
}

export function parseLink({ body }: NetlinkReply): Link {
  const attributes = parseAttributes(body.subarray(16));
  const info = parseAttributes(attributes.get(IFLA_LINKINFO) ?? Buffer.alloc(0));
  const kind = attributeText(info.get(IFLA_INFO_KIND));
  const data = parseAttributes(info.get(IFLA_INFO_DATA) ?? Buffer.alloc(0));
  const flags = body.readUInt32LE(8);
  return {
    index: body.readInt32LE(4),
    name: attributeText(attributes.get(IFLA_IFNAME)) ?? "",
    up: (flags & IFF_UP) !== 0,
    carrier: (flags & IFF_LOWER_UP) !== 0,
    mac:
      attributes
        .get(IFLA_ADDRESS)
        ?.toString("hex")
        .replace(/..(?!$)/g, "$&:") ?? "",
    mtu: attributes.get(IFLA_MTU)?.readUInt32LE() ?? 0,
    kind,
    master: attributes.get(IFLA_MASTER)?.readUInt32LE(),
    parent: attributes.get(IFLA_LINK)?.readUInt32LE(),
    vlanId: kind === "vlan" ? data.get(IFLA_VLAN_ID)?.readUInt16LE() : undefined,
    alias: attributeText(attributes.get(IFLA_IFALIAS)),
  };
}
