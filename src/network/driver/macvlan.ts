import { createMacvlan, type NetlinkRequest } from "../../os/netlink/index.ts";
import type { MacvlanNetwork } from "../model.ts";
import { UpperDriver, type Wanted } from "./upper.ts";

/** Sandboxes with hardware addresses of their own on an interface of the host; Documentation of `ip link`, macvlan. */
export class MacvlanDriver extends UpperDriver<MacvlanNetwork> {
  readonly routesOnLink = false;

  protected create(name: string, parent: number, { namespaceFd, macAddress }: Wanted): NetlinkRequest {
    const { mode, mtu } = this.network;
    return createMacvlan(name, { parent, mode, namespaceFd, mac: macAddress, ...(mtu && { mtu }) });
  }
}
