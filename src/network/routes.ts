import { deleteRoute, type Family, type Route, type RouteSocket, replaceRoute } from "../os/netlink/index.ts";
import type { Endpoint } from "./model.ts";

/** What leads out of a sandbox for one family of addresses. */
export interface Way {
  readonly endpoint: Endpoint;
  /** Absent where the interface alone leads out. */
  readonly gateway?: string;
}

/** By family; absent where nothing leads out. */
export type Ways = Readonly<Partial<Record<Family, Way>>>;

/** What must be known of an endpoint's network. */
export interface RoutedNetwork {
  readonly name: string;
  /** Do its interfaces lead out without a gateway, for addresses of the family? */
  onLink(family: Family): boolean;
}

export type FindRouted = (networkId: string) => RoutedNetwork;

const FAMILIES = [4, 6] as const;

/**
 * The ways out of a sandbox, one for each family: of the endpoint with the highest priority; then of one that leads
 * out by both families, so that both go the same way; then of the first by its network's name. Docker's order.
 */
export function chooseWays(endpoints: readonly Endpoint[], find: FindRouted): Ways {
  const ranked = endpoints.map((endpoint) => ({
    name: find(endpoint.networkId).name,
    priority: endpoint.gatewayPriority ?? 0,
    ways: FAMILIES.map((family) => wayOf(endpoint, family, find)),
  }));
  const count = ({ ways }: (typeof ranked)[number]) => ways.filter((way) => way !== undefined).length;
  const byName = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  ranked.sort((a, b) => b.priority - a.priority || count(b) - count(a) || byName(a.name, b.name));
  const [four, six] = FAMILIES.map((_, at) => ranked.find(({ ways }) => ways[at] !== undefined)?.ways[at]);
  return { ...(four && { 4: four }), ...(six && { 6: six }) };
}

function wayOf(endpoint: Endpoint, family: Family, find: FindRouted): Way | undefined {
  const assigned = family === 4 ? endpoint.ipv4 : endpoint.ipv6;
  if (assigned === undefined) return undefined;
  if (assigned.gateway !== undefined) return { endpoint, gateway: assigned.gateway };
  return find(endpoint.networkId).onLink(family) ? { endpoint } : undefined;
}

/**
 * Makes the best ways out a namespace's default routes. A default route that leads by none of the endpoints, nor by
 * one that is `leaving`, stays: somebody inside set it, such as a VPN's client.
 */
export function settleRoutes(
  inside: RouteSocket,
  endpoints: readonly Endpoint[],
  find: FindRouted,
  leaving: readonly Endpoint[] = [],
): void {
  const chosen = chooseWays(endpoints, find);
  for (const family of FAMILIES) {
    const ours = [...endpoints, ...leaving].flatMap((endpoint) => wayOf(endpoint, family, find) ?? []);
    if (ours.length > 0) settleFamily(inside, family, chosen[family], ours);
  }
}

function settleFamily(inside: RouteSocket, family: Family, to: Way | undefined, ours: readonly Way[]): void {
  const current = inside.routes(family).find(({ prefixLength }) => prefixLength === 0);
  const index = to && inside.link(to.endpoint.interface)?.index;
  if (current !== undefined) {
    if (current.index === index && current.gateway === to?.gateway) return;
    if (!ours.some((way) => leads(inside, current, way))) return;
  }
  if (index !== undefined)
    inside.transact(replaceRoute({ family, index, ...(to?.gateway && { gateway: to.gateway }) }));
  else if (current?.index !== undefined) inside.transact(deleteRoute({ family, index: current.index }));
}

function leads(inside: RouteSocket, route: Route, { endpoint, gateway }: Way): boolean {
  return route.gateway === gateway && inside.link(endpoint.interface)?.index === route.index;
}
