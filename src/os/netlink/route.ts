import { invalid } from "../../errors/index.ts";
import { attribute, parseAttributes, uint32Attribute } from "./attributes.ts";
import { AF, addressBytes, addressText, type Family, familyOf } from "./ip.ts";
import { type NetlinkReply, type NetlinkRequest, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from "./socket.ts";

/** rtnetlink(7) and linux/rtnetlink.h. */
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTM_GETROUTE = 26;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_TABLE = 15;
const RT_TABLE_MAIN = 254;
const RTPROT_BOOT = 3;
const RTPROT_RA = 9;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;
const RT_SCOPE_NOWHERE = 255;
const RTN_UNICAST = 1;
const RTN_LOCAL = 2;
const RTNH_F_ONLINK = 4;
const RTM_F_FIB_MATCH = 0x2000;
const HEADER_BYTES = 12;

/** A route to be set; at least one of `gateway` and `index` says where it leads. */
export interface RouteSettings {
  /** "10.1.0.0" or "fd00::"; the default route unless given. */
  readonly destination?: string;
  readonly prefixLength?: number;
  readonly gateway?: string;
  /** The interface it leaves by; unless given the one whose network the gateway is in. */
  readonly index?: number;
  /** The gateway is reached through the interface even if no address there says so. Needs `index`. */
  readonly onLink?: boolean;
  /** Of several routes to one destination that of the lowest metric counts; the kernel's default unless given. */
  readonly metric?: number;
  /** The family of a default route without a gateway; IPv4 unless given. */
  readonly family?: Family;
}

/** A unicast route; the default route is 0.0.0.0/0 or ::/0. */
export interface Route {
  readonly destination: string;
  readonly prefixLength: number;
  readonly gateway: string | undefined;
  /** The index of the interface it leaves by; a route with several ways has none here. */
  readonly index: number | undefined;
  readonly metric: number;
  /** The kernel learned it from a router's advertisement. */
  readonly advertised: boolean;
}

/** How the kernel would send a packet to one address. */
export interface ResolvedRoute extends Omit<Route, "metric" | "advertised"> {
  /** The address is one of this namespace's own. */
  readonly local: boolean;
  /** The address that the packet would come from. */
  readonly source: string | undefined;
}

const ANY = { 4: "0.0.0.0", 6: "::" } as const;

/** An existing route to the same destination with the same metric is EEXIST. */
export function addRoute(route: RouteSettings): NetlinkRequest {
  return routeRequest(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, "set", route);
}

/** Sets a route instead of the one with the same destination and metric, if there is one. */
export function replaceRoute(route: RouteSettings): NetlinkRequest {
  return routeRequest(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, "set", route);
}

/** ESRCH when there is no route to the destination that leads there. */
export function deleteRoute(route: RouteSettings): NetlinkRequest {
  return routeRequest(RTM_DELROUTE, 0, "remove", route);
}

function routeRequest(type: number, flags: number, verb: string, route: RouteSettings): NetlinkRequest {
  const { destination, prefixLength = 0, gateway, index, onLink = false, metric } = route;
  const to = destination === undefined ? undefined : addressBytes(destination);
  const via = gateway === undefined ? undefined : addressBytes(gateway);
  if (to && via && to.length !== via.length) {
    throw invalid(`a route to ${destination} cannot lead through ${gateway}, an address of the other family`);
  }
  const sample = to ?? via;
  const family = sample === undefined ? (route.family ?? 4) : familyOf(sample);
  // A removal matches any scope and origin; a connected IPv4 route is one of the link's.
  const scope = family === 4 && via === undefined ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  const origin = type === RTM_DELROUTE ? [0, RT_SCOPE_NOWHERE, 0] : [RTPROT_BOOT, scope, RTN_UNICAST];
  const header = Buffer.alloc(HEADER_BYTES);
  header.set([AF[family], prefixLength, 0, 0, RT_TABLE_MAIN, ...origin]);
  header.writeUInt32LE(onLink ? RTNH_F_ONLINK : 0, 8);
  const attributes: Buffer[] = [];
  if (to !== undefined && prefixLength > 0) attributes.push(attribute(RTA_DST, to));
  if (via !== undefined) attributes.push(attribute(RTA_GATEWAY, via));
  if (index !== undefined) attributes.push(uint32Attribute(RTA_OIF, index));
  if (metric !== undefined) attributes.push(uint32Attribute(RTA_PRIORITY, metric));
  const which = prefixLength === 0 ? "default route" : `route to ${destination}/${prefixLength}`;
  const what = `${verb} the ${which}${gateway === undefined ? "" : ` via ${gateway}`}`;
  return { type, flags, body: Buffer.concat([header, ...attributes]), what };
}

export function listRoutes(family: Family): NetlinkRequest {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(AF[family], 0);
  return { type: RTM_GETROUTE, body: header, what: "list the routes" };
}

/** What `ip route get fibmatch` and `ip route get` ask: the matching route, or how a packet would go. */
export function resolveRoute(address: string, match: boolean): NetlinkRequest {
  const target = addressBytes(address);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(AF[familyOf(target)], 0);
  header.writeUInt8(target.length * 8, 1);
  header.writeUInt32LE(match ? RTM_F_FIB_MATCH : 0, 8);
  return {
    type: RTM_GETROUTE,
    body: Buffer.concat([header, attribute(RTA_DST, target)]),
    what: `look up the route to ${address}`,
  };
}

/** Undefined for routes of other kinds, such as local and broadcast ones, and of other tables unless wanted. */
export function parseRoute({ body }: NetlinkReply, allTables: boolean): Route | undefined {
  const attributes = parseAttributes(body.subarray(HEADER_BYTES));
  const table = attributes.get(RTA_TABLE)?.readUInt32LE() ?? body.readUInt8(4);
  if (body.readUInt8(7) !== RTN_UNICAST || (!allTables && table !== RT_TABLE_MAIN)) return undefined;
  return {
    ...routeOf(body, attributes),
    metric: attributes.get(RTA_PRIORITY)?.readUInt32LE() ?? 0,
    advertised: body.readUInt8(5) === RTPROT_RA,
  };
}

export function parseResolvedRoute(matching: NetlinkReply, used: NetlinkReply): ResolvedRoute {
  const attributes = parseAttributes(used.body.subarray(HEADER_BYTES));
  const { destination, prefixLength } = routeOf(
    matching.body,
    parseAttributes(matching.body.subarray(HEADER_BYTES)),
  );
  return {
    ...routeOf(used.body, attributes),
    destination,
    prefixLength,
    local: used.body.readUInt8(7) === RTN_LOCAL,
    source: textOf(attributes.get(RTA_PREFSRC)),
  };
}

const textOf = (bytes: Buffer | undefined) => (bytes === undefined ? undefined : addressText(bytes));

function routeOf(body: Buffer, attributes: Map<number, Buffer>): Omit<Route, "metric" | "advertised"> {
  return {
    destination: textOf(attributes.get(RTA_DST)) ?? ANY[body.readUInt8(0) === AF[6] ? 6 : 4],
    prefixLength: body.readUInt8(1),
    gateway: textOf(attributes.get(RTA_GATEWAY)),
    index: attributes.get(RTA_OIF)?.readUInt32LE(),
  };
}
