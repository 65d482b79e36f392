import { conflict, errnoOf, invalid, unavailable } from "../../errors/index.ts";
import {
  createBridge,
  createDummy,
  createVlan,
  deleteLink,
  type Link,
  type NetlinkRequest,
  type RouteSocket,
  setLink,
} from "../../os/netlink/index.ts";
import type { IpvlanNetwork, MacvlanNetwork } from "../model.ts";
import { linkAlias } from "../names.ts";
import type { DriverContext } from "./driver.ts";

type Upper = MacvlanNetwork | IpvlanNetwork;

/** The largest number a VLAN may have, IEEE 802.1Q. */
const MOST_VLAN = 4094;

/** Which networks of an engine stand on which interface of the host. */
export class Parents {
  readonly #networks = new Map<string, Upper>();

  /** Notes the network; `conflict` where the kernel lets only one network use the interface. */
  claim(network: Upper): void {
    const parent = parentName(network);
    for (const other of this.#networks.values()) {
      if (other.networkId === network.networkId || parentName(other) !== parent) continue;
      if (canShare(other) && canShare(network)) continue;
      throw conflict(
        `the network ${other.name} uses the interface ${parent} already, and ${sharing(other, network)}; use another parent, such as ${parent}.10 for a VLAN of its own`,
      );
    }
    this.#networks.set(network.networkId, network);
  }

  /** Whether nobody uses the interface any more. */
  release(network: Upper): boolean {
    this.#networks.delete(network.networkId);
    return ![...this.#networks.values()].some((other) => parentName(other) === parentName(network));
  }
}

const canShare = ({ driver, mode }: Upper): boolean => driver === "macvlan" && mode !== "passthru";

function sharing(...networks: Upper[]): string {
  const alone = networks.find((network) => !canShare(network));
  return alone?.driver === "ipvlan"
    ? "an ipvlan network does not share it"
    : "mode passthru does not share it";
}

/** What the network stands on: an interface of the host, or a dummy of its own. */
export function parentName({ parent, networkId }: Upper): string {
  return parent ?? `dm-${networkId.slice(0, 12)}`;
}

export function isOurParent(link: Link, engineKey: string): boolean {
  return link.alias?.startsWith(linkAlias(engineKey, "parent:")) ?? false;
}

/** The interface that the network stands on; a VLAN's or a dummy is made if it is missing. */
export function ensureParent({ host, engineKey }: DriverContext, network: Upper): Link {
  const name = parentName(network);
  if (name === "lo")
    throw invalid(`the loopback interface cannot be the parent of the network ${network.name}`);
  if (host.link(name) === undefined) {
    const alias = linkAlias(engineKey, `parent:${network.networkId}`);
    const make = (request: NetlinkRequest) => host.transact(request, setLink(name, { alias, up: true }));
    if (network.parent === undefined) makeDummy(name, make);
    else makeVlan(name, () => make(vlanOf(host, name, network)));
  }
  const link = host.link(name);
  if (link === undefined) throw conflict(`the interface ${name} was removed by others while it was made`);
  return link;
}

/** A bridge without ports leads nowhere either, and every kernel has those. */
function makeDummy(name: string, make: (request: NetlinkRequest) => void): void {
  try {
    make(createDummy(name));
  } catch (error) {
    if (errnoOf(error) !== "ENOTSUP") throw error;
    make(createBridge(name, {}));
  }
}

function makeVlan(name: string, make: () => void): void {
  try {
    make();
  } catch (error) {
    if (errnoOf(error) !== "ENOTSUP") throw error;
    throw unavailable(
      `this host's kernel has no VLANs: make ${name} in another way, or load their module ("modprobe 8021q")`,
      { cause: error },
    );
  }
}

/** "eth0.50" is VLAN 50 of eth0. */
function vlanOf(host: RouteSocket, name: string, network: Upper) {
  const [, base = "", digits = ""] = /^(.+)\.(\d{1,4})$/.exec(name) ?? [];
  const lower = base === "" ? undefined : host.link(base);
  if (lower === undefined) {
    throw invalid(
      `the parent ${name} of the network ${network.name} is not an interface of this host; name one of them, or a VLAN of one such as eth0.50`,
    );
  }
  const id = Number(digits);
  if (id < 1 || id > MOST_VLAN)
    throw invalid(`${name} names the VLAN ${id}; VLANs have numbers from 1 to ${MOST_VLAN}`);
  return createVlan(name, { parent: lower.index, id });
}

/** Removes the interface if an engine made it. */
export function removeParent({ host, engineKey }: DriverContext, network: Upper): void {
  const link = host.link(parentName(network));
  if (link !== undefined && isOurParent(link, engineKey)) host.transact(deleteLink(link.name));
}
