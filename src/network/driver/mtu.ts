import type { RouteSocket } from "../../os/netlink/index.ts";

/** What Docker uses, or less where the host's own way out carries less (tunnels, clouds). */
export function defaultMtu(host: RouteSocket): number {
  const way = host.routes().find((route) => route.prefixLength === 0);
  const link = way && host.links().find(({ index }) => index === way.index);
  return Math.min(1500, link?.mtu ?? 1500);
}
