import { errnoOf } from "../../errors/index.ts";
import { type InterfaceAddress, listAddresses, parseAddress } from "./address.ts";
import type { Family } from "./ip.ts";
import { getLink, linkHeader, RTM_GETLINK } from "./link.ts";
import { listNeighbours, type Neighbour, parseNeighbour } from "./neighbour.ts";
import { type Link, parseLink } from "./parse-link.ts";
import {
  listRoutes,
  parseResolvedRoute,
  parseRoute,
  type ResolvedRoute,
  type Route,
  resolveRoute,
} from "./route.ts";
import { type NetlinkReply, type NetlinkRequest, NetlinkSocket, NLM_F_DUMP } from "./socket.ts";

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
    const request = { type: RTM_GETLINK, body: linkHeader(), what: "list the interfaces" };
    return this.#list(request).map(parseLink);
  }

  /** All addresses of one family. */
  addresses(family: Family = 4): InterfaceAddress[] {
    return this.#list(listAddresses(family)).map(parseAddress);
  }

  /** The unicast routes of one family: of the main table, or of all tables, those of VPNs included. */
  routes(family: Family = 4, { allTables = false } = {}): Route[] {
    const routes = this.#list(listRoutes(family)).map((reply) => parseRoute(reply, allTables));
    return routes.filter((route) => route !== undefined);
  }

  /** How a packet to the address would go, or undefined where nothing leads there. */
  routeTo(address: string): ResolvedRoute | undefined {
    try {
      const [matching] = this.query(resolveRoute(address, true));
      const [used] = this.query(resolveRoute(address, false));
      return matching && used && parseResolvedRoute(matching, used);
    } catch (error) {
      if (["ENETUNREACH", "EHOSTUNREACH"].includes(errnoOf(error) ?? "")) return undefined;
      throw error;
    }
  }

  /** Who is known to answer for addresses of one family. */
  neighbours(family: Family = 4): Neighbour[] {
    return this.#list(listNeighbours(family)).map(parseNeighbour);
  }

  #list(request: NetlinkRequest): NetlinkReply[] {
    return this.query({ ...request, flags: NLM_F_DUMP });
  }
}
