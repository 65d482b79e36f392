import { conflict } from "../../errors/index.ts";
import type { Family, RouteSocket } from "../../os/netlink/index.ts";
import { formatSubnet, overlap, parseSubnet, type Subnet } from "./subnet.ts";

/** Addresses that somebody has already. */
export interface Occupied {
  readonly subnet: string;
  /** Who, as a message names it: `the network "web" (10.1.0.0/16)`, `the route 10.0.0.0/8 via 10.8.0.1 dev tun0`. */
  readonly by: string;
}

/**
 * Whether a route leads everywhere: the default route, and the two halves of the world that VPNs set in its stead.
 * It says nothing about which addresses are in use.
 */
export function isEverything({ prefixLength }: Subnet): boolean {
  return prefixLength <= 1;
}

/**
 * What the host has routes to in any table, those of VPNs included, and the networks of its own addresses; what leads
 * to the interface `except` is left out.
 */
export function occupiedByHost(
  host: RouteSocket,
  families: readonly Family[] = [4, 6],
  except?: string,
): Occupied[] {
  const names = new Map(host.links().map(({ index, name }) => [index, name]));
  const counts = ({ index }: { index: number | undefined }) =>
    except === undefined || index === undefined || names.get(index) !== except;
  const device = (index: number | undefined) =>
    index === undefined ? "" : ` dev ${names.get(index) ?? index}`;
  return families.flatMap((family) => {
    const routes = host
      .routes(family, { allTables: true })
      .filter(counts)
      .map((route) => {
        const subnet = `${route.destination}/${route.prefixLength}`;
        const via = route.gateway === undefined ? "" : ` via ${route.gateway}`;
        return { subnet, by: `the route ${subnet}${via}${device(route.index)}` };
      });
    const addresses = host
      .addresses(family)
      .filter(counts)
      .map(({ address, prefixLength, index }) => {
        const subnet = `${address}/${prefixLength}`;
        return { subnet, by: `the address ${subnet}${device(index)}` };
      });
    return [...routes, ...addresses];
  });
}

/** The first of `taken` that the subnet overlaps. */
export function holderOf(subnet: string, taken: readonly Occupied[]): Occupied | undefined {
  const wanted = parseSubnet(subnet);
  return taken.find((other) => {
    const theirs = parseSubnet(other.subnet);
    return !isEverything(theirs) && overlap(theirs, wanted);
  });
}

/** `conflict`, with Docker's words and the culprit's name, when a subnet that was asked for has a holder. */
export function checkFree(subnet: string, taken: readonly Occupied[]): void {
  const holder = holderOf(subnet, taken);
  if (holder === undefined) return;
  throw conflict(
    `invalid pool request: Pool overlaps with other one on this address space: ${formatSubnet(parseSubnet(subnet))} ` +
      `overlaps ${holder.by}; choose another subnet`,
  );
}
