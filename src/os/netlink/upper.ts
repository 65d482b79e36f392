import { attribute, uint32Attribute } from "./attributes.ts";
import { createLink, IFLA_LINK, IFLA_NET_NS_FD, type LinkSettings } from "./link.ts";
import type { NetlinkRequest } from "./socket.ts";

/** linux/if_link.h. */
const IFLA_MACVLAN_MODE = 1;
const IFLA_IPVLAN_MODE = 1;
const IFLA_IPVLAN_FLAGS = 2;
export const IFLA_VLAN_ID = 1;

const MACVLAN_MODES = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
const IPVLAN_MODES = { l2: 0, l3: 1, l3s: 2 } as const;
const IPVLAN_FLAGS = { bridge: 0, private: 1, vepa: 2 } as const;

export type MacvlanMode = keyof typeof MACVLAN_MODES;
export type IpvlanMode = keyof typeof IPVLAN_MODES;
export type IpvlanFlag = keyof typeof IPVLAN_FLAGS;

/** What a link on top of another can be given while it is made. */
export interface UpperSettings extends Pick<LinkSettings, "up" | "mac" | "mtu"> {
  /** The index of the interface below, in the namespace of the socket. */
  readonly parent: number;
  /** Makes it in the namespace open there, where its name need not be free here. */
  readonly namespaceFd?: number;
}

function upper(name: string, kind: string, settings: UpperSettings, data: readonly Buffer[]): NetlinkRequest {
  const { parent, namespaceFd, ...link } = settings;
  const place = [uint32Attribute(IFLA_LINK, parent)];
  if (namespaceFd !== undefined) place.push(uint32Attribute(IFLA_NET_NS_FD, namespaceFd));
  return createLink(name, kind, link, { data, place, what: `create the ${kind} interface ${name}` });
}

/**
 * An interface with a MAC address of its own on the parent's wire. EBUSY when the parent is a port of a bridge
 * or is taken by one of mode `passthru`; ENOTSUP where the kernel has no macvlan.
 */
export function createMacvlan(
  name: string,
  { mode, ...settings }: UpperSettings & { readonly mode: MacvlanMode },
): NetlinkRequest {
  return upper(name, "macvlan", settings, [uint32Attribute(IFLA_MACVLAN_MODE, MACVLAN_MODES[mode])]);
}

/**
 * An interface that shares the parent's MAC address. All of one parent have the mode and flag of the last one made.
 * EBUSY when the parent has macvlan interfaces; ENOTSUP where the kernel has no ipvlan.
 */
export function createIpvlan(
  name: string,
  {
    mode,
    flag,
    ...settings
  }: Omit<UpperSettings, "mac"> & { readonly mode: IpvlanMode; readonly flag: IpvlanFlag },
): NetlinkRequest {
  return upper(name, "ipvlan", settings, [
    uint16Attribute(IFLA_IPVLAN_MODE, IPVLAN_MODES[mode]),
    uint16Attribute(IFLA_IPVLAN_FLAGS, IPVLAN_FLAGS[flag]),
  ]);
}

/** The tagged traffic (802.1Q) of one id, 1 to 4094, on the parent. EEXIST when the parent has one of that id. */
export function createVlan(
  name: string,
  { id, ...settings }: UpperSettings & { readonly id: number },
): NetlinkRequest {
  return upper(name, "vlan", settings, [uint16Attribute(IFLA_VLAN_ID, id)]);
}

/** An interface without a wire: a parent for networks that lead nowhere. */
export function createDummy(
  name: string,
  settings: Pick<LinkSettings, "up" | "mac" | "mtu"> = {},
): NetlinkRequest {
  return createLink(name, "dummy", settings, { what: `create the dummy interface ${name}` });
}

function uint16Attribute(type: number, value: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16LE(value);
  return attribute(type, payload);
}
