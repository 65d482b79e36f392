import { existsSync } from "node:fs";
import { invalid } from "../../errors/index.ts";
import type { Family } from "../../os/netlink/index.ts";
import { canonicalAddress } from "../ipam/index.ts";
import type { PortRequest } from "../model.ts";

/** Where the ports of a sandbox are reached: an address of the network that gives it its default route. */
export interface PortTarget {
  readonly address: string;
  /** No port of the host leads there: the container's own is opened to those who can route to it. */
  readonly routed?: boolean;
}

/** Absent where the sandbox has no address of the family. */
export type PortTargets = Readonly<Partial<Record<Family, PortTarget>>>;

/** An address of the host that is to lead to a target. */
export interface PlannedPort {
  readonly hostIp: string;
  readonly target: PortTarget;
}

const ANY = { 4: "0.0.0.0", 6: "::" } as const;
export const familyOf = (address: string): Family => (address.includes(":") ? 6 : 4);
const hostHasIPv6 = existsSync("/proc/net/if_inet6");

/**
 * On which addresses of the host a port is published, and where each leads. Unless the request names one it is the
 * network's default; all of IPv4, the usual default, means all of IPv6 as well, each if the container has an address
 * of the family. `invalid` for what is no address.
 */
export function plan(
  { hostIp, protocol }: Pick<PortRequest, "hostIp" | "protocol">,
  targets: PortTargets,
  defaultHostIp: string | undefined,
): PlannedPort[] {
  const planned = hostIp
    ? lead(hostAddress(hostIp), targets)
    : byDefault(hostAddress(defaultHostIp || ANY[4]), targets);
  const crossing = planned.find((it) => isForwarded(it.hostIp, it.target.address));
  if (crossing !== undefined && protocol === "sctp") {
    throw invalid(
      `cannot publish an SCTP port on ${crossing.hostIp}: the container is reached at ${crossing.target.address} only`,
    );
  }
  return planned;
}

/** Whether the packet filter cannot lead there: into the other family, and from IPv6's loopback address. */
export const isForwarded = (hostIp: string, address: string): boolean =>
  hostIp === "::1" || familyOf(hostIp) !== familyOf(address);

function byDefault(hostIp: string, targets: PortTargets): PlannedPort[] {
  if (hostIp !== ANY[4]) return lead(hostIp, targets);
  const families = ([4, 6] as const).filter((family) => family === 4 || hostHasIPv6);
  const planned = families.flatMap((family): PlannedPort[] => {
    const target = targets[family];
    return target === undefined ? [] : [{ hostIp: ANY[family], target }];
  });
  return planned.length > 0 ? planned : lead(hostIp, targets);
}

/** To the address of the same family if there is one; nowhere without any. */
function lead(hostIp: string, targets: PortTargets): PlannedPort[] {
  const family = familyOf(hostIp);
  const target = targets[family] ?? targets[family === 4 ? 6 : 4];
  if (target === undefined) return [];
  // Without a port of the host there is no address of the host either.
  return [{ hostIp: target.routed ? ANY[familyOf(target.address)] : hostIp, target }];
}

/** "::1" and "[::1]" alike. */
function hostAddress(text: string): string {
  return canonicalAddress(/^\[(.*)\]$/.exec(text)?.[1] ?? text);
}
