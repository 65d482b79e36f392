/**
 * rtnetlink(7): links, addresses and routes of a network namespace, without a child process. Requests are
 * values made by `createBridge`, `setLink`, `addAddress` …; `RouteSocket.transact` sends any number of them
 * in one system call. Failures are SlipwayErrors of kind `system` that carry the kernel's errno.
 */
import { errnoOf } from "../../errors/index.ts";
import {
  getIPv4,
  type InterfaceAddress,
  parseAddress,
  parseRoute,
  type Route,
  RTM_GETADDR,
  RTM_GETROUTE,
} from "./address.ts";
import { getLink, type Link, linkHeader, parseLink, RTM_GETLINK } from "./link.ts";
import { NetlinkSocket, NLM_F_DUMP } from "./socket.ts";

export { addAddress, addDefaultRoute, type InterfaceAddress, type Route, removeAddress } from "./address.ts";
export {
  createBridge,
  createVeth,
  deleteLink,
  filterBridge,
  type Link,
  type LinkSettings,
  setLink,
} from "./link.ts";
export { type NetlinkRequest, NetlinkSocket } from "./socket.ts";

const NETLINK_ROUTE = 0;

/** A socket to the network configuration of the namespace that the thread is in when it is made. */
export class RouteSocket extends NetlinkSocket {
  constructor() {
    super(NETLINK_ROUTE);
  }

  /** The link of a name, or undefined. */
  link(name: string): Link | undefined {
    try {
      const [reply] = this.query(getLink(name));
      return reply === undefined ? undefined : parseLink(reply);
    } catch (error) {
      if (errnoOf(error) === "ENODEV") return undefined;
      throw error;
    }
  }

  /** All links. */
  links(): Link[] {
    const request = { type: RTM_GETLINK, flags: NLM_F_DUMP, body: linkHeader(), what: "list the interfaces" };
    return this.query(request).map(parseLink);
  }

  /** All IPv4 addresses. */
  addresses(): InterfaceAddress[] {
    const request = getIPv4(RTM_GETADDR, 8, "list the addresses");
    return this.query({ ...request, flags: NLM_F_DUMP }).map(parseAddress);
  }

  /** The unicast IPv4 routes of the main table. */
  routes(): Route[] {
    const request = getIPv4(RTM_GETROUTE, 12, "list the routes");
    const routes = this.query({ ...request, flags: NLM_F_DUMP }).map(parseRoute);
    return routes.filter((route) => route !== undefined);
  }
}
