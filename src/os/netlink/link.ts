import {
  attribute,
  nestedAttribute,
  stringAttribute,
  uint8Attribute,
  uint32Attribute,
} from "./attributes.ts";
import { type NetlinkRequest, NLM_F_CREATE, NLM_F_EXCL } from "./socket.ts";

/** rtnetlink(7) and linux/if_link.h. */
export const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const IFF_UP = 1;
export const IFLA_ADDRESS = 1;
export const IFLA_IFNAME = 3;
export const IFLA_MTU = 4;
export const IFLA_LINK = 5;
export const IFLA_MASTER = 10;
export const IFLA_LINKINFO = 18;
export const IFLA_IFALIAS = 20;
export const IFLA_NET_NS_FD = 28;
export const IFLA_INFO_KIND = 1;
export const IFLA_INFO_DATA = 2;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_INFO_SLAVE_DATA = 5;
const IFLA_BRPORT_STATE = 1;
const IFLA_BRPORT_MODE = 4;
const IFLA_BRPORT_ISOLATED = 33;

/** A link as it is found again, whatever it is called meanwhile. */
interface LinkReference {
  readonly index: number;
  readonly name: string;
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
  /** For a port of a bridge: frames between two such ports are dropped. */
  readonly isolated?: boolean;
  /**
   * For a port of a bridge: does it pass frames? It begins to by itself some time after its other end is up.
   * ENETDOWN when it is to and that end is not.
   */
  readonly forwarding?: boolean;
}

/** linux/if_bridge.h, BR_STATE_…. */
const PORT_DISABLED = 0;
const PORT_FORWARDING = 3;

export function linkHeader(index = 0, flags = 0, change = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(flags, 8);
  header.writeUInt32LE(change, 12);
  return header;
}

export function settingAttributes(link: LinkSettings): Buffer[] {
  const { mac, mtu, master, alias } = link;
  const attributes: Buffer[] = [];
  if (mac !== undefined) attributes.push(attribute(IFLA_ADDRESS, macBytes(mac)));
  if (mtu !== undefined) attributes.push(uint32Attribute(IFLA_MTU, mtu));
  if (master !== undefined) attributes.push(uint32Attribute(IFLA_MASTER, master));
  if (alias !== undefined) attributes.push(stringAttribute(IFLA_IFALIAS, alias));
  const port = portAttributes(link);
  if (port.length > 0) {
    attributes.push(
      nestedAttribute(
        IFLA_LINKINFO,
        stringAttribute(IFLA_INFO_SLAVE_KIND, "bridge"),
        nestedAttribute(IFLA_INFO_SLAVE_DATA, ...port),
      ),
    );
  }
  return attributes;
}

function portAttributes({ hairpin, isolated, forwarding }: LinkSettings): Buffer[] {
  const attributes: Buffer[] = [];
  if (hairpin !== undefined) attributes.push(uint8Attribute(IFLA_BRPORT_MODE, hairpin ? 1 : 0));
  if (isolated !== undefined) attributes.push(uint8Attribute(IFLA_BRPORT_ISOLATED, isolated ? 1 : 0));
  if (forwarding !== undefined)
    attributes.push(uint8Attribute(IFLA_BRPORT_STATE, forwarding ? PORT_FORWARDING : PORT_DISABLED));
  return attributes;
}

const headerFor = ({ up }: LinkSettings): Buffer =>
  up === undefined ? linkHeader() : linkHeader(0, up ? IFF_UP : 0, IFF_UP);

/** What a kind of link needs besides the settings of all. */
interface KindSettings {
  /** IFLA_INFO_DATA. */
  readonly data?: readonly Buffer[];
  /** Further attributes: where it is to be, and on top of what. */
  readonly place?: readonly Buffer[];
  readonly what: string;
}

/** A new link of a kind; an alias cannot be given while a link is created, only later. */
export function createLink(
  name: string,
  kind: string,
  link: Omit<LinkSettings, "alias" | "hairpin">,
  { data, place = [], what }: KindSettings,
): NetlinkRequest {
  const info = [stringAttribute(IFLA_INFO_KIND, kind)];
  if (data !== undefined) info.push(nestedAttribute(IFLA_INFO_DATA, ...data));
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: Buffer.concat([
      headerFor(link),
      stringAttribute(IFLA_IFNAME, name),
      ...place,
      ...settingAttributes(link),
      nestedAttribute(IFLA_LINKINFO, ...info),
    ]),
    what,
  };
}

/** Changes an existing link, all settings in one request. */
export function setLink(name: string, link: LinkSettings): NetlinkRequest {
  return {
    type: RTM_NEWLINK,
    body: Buffer.concat([headerFor(link), stringAttribute(IFLA_IFNAME, name), ...settingAttributes(link)]),
    what: `change the interface ${name}`,
  };
}

/**
 * Gives a link another name, and a mark in the same step. Before Linux 6.2 it must be down (EBUSY). EEXIST when the
 * name is taken.
 */
export function renameLink(
  { index, name }: LinkReference,
  to: string,
  { alias }: Pick<LinkSettings, "alias"> = {},
): NetlinkRequest {
  const mark = alias === undefined ? [] : [stringAttribute(IFLA_IFALIAS, alias)];
  return {
    type: RTM_NEWLINK,
    body: Buffer.concat([linkHeader(index), stringAttribute(IFLA_IFNAME, to), ...mark]),
    what: `rename the interface ${name} to ${to}`,
  };
}

/** Moves a link into the namespace open at `namespaceFd`, under another name there if given. It arrives down. */
export function moveLink(
  { index, name }: LinkReference,
  namespaceFd: number,
  as: string = name,
): NetlinkRequest {
  const place = [stringAttribute(IFLA_IFNAME, as), uint32Attribute(IFLA_NET_NS_FD, namespaceFd)];
  return {
    type: RTM_NEWLINK,
    body: Buffer.concat([linkHeader(index), ...place]),
    what: `move the interface ${name} into a container`,
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

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}
