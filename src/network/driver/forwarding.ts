import { unavailable } from "../../errors/index.ts";
import type { Family, RouteSocket } from "../../os/netlink/index.ts";
import { ensureSysctl, readSysctl, whyNoIPv6, writeSysctl } from "../sysctl.ts";

/** Lets the host pass packets on between interfaces. `unavailable` when that cannot be turned on. */
export function ensureForwarding(host: RouteSocket, network: string, families: readonly Family[]): void {
  const need = `the network ${network} needs the host to forward packets`;
  if (families.includes(4)) ensureSysctl("net.ipv4.ip_forward", "1", need);
  if (!families.includes(6) || readSysctl("net.ipv6.conf.all.forwarding") === "1") return;
  keepRouterAdvertisements(host);
  ensureSysctl("net.ipv6.conf.all.forwarding", "1", need);
}

/** A host that forwards stops listening to its own routers, and would lose its way out, unless told to go on. */
function keepRouterAdvertisements(host: RouteSocket): void {
  const learned = new Set(host.routes(6).flatMap(({ advertised, index }) => (advertised ? [index] : [])));
  for (const { name, index } of host.links()) {
    if (learned.has(index) && readSysctl(`net/ipv6/conf/${name}/accept_ra`) === "1") {
      writeSysctl(`net/ipv6/conf/${name}/accept_ra`, "2");
    }
  }
}

/** `unavailable` on a host without IPv6. */
export function requireIPv6(network: string): void {
  const reason = whyNoIPv6();
  if (reason === undefined) return;
  throw unavailable(
    `the network ${network} has IPv6 and this host does not: ${reason}; turn it on, or make the network without IPv6`,
  );
}
