import { createIpvlan, type NetlinkRequest } from "../../os/netlink/index.ts";
import type { IpvlanNetwork } from "../model.ts";
import { UpperDriver, type Wanted } from "./upper.ts";

/** Sandboxes that share an interface's hardware address; the kernel's networking/ipvlan.rst. */
export class IpvlanDriver extends UpperDriver<IpvlanNetwork> {
  /** In the layer 3 modes the parent routes by itself, and nobody answers for a gateway. */
  get routesOnLink(): boolean {
    return this.network.mode !== "l2";
  }

  protected create(name: string, parent: number, { namespaceFd }: Wanted): NetlinkRequest {
    const { mode, flag, mtu } = this.network;
    return createIpvlan(name, { parent, mode, flag, namespaceFd, ...(mtu && { mtu }) });
  }
}
