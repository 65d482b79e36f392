import { messageOf } from "../../errors/index.ts";
import {
  hasIptables,
  hasNftables,
  hasVariant,
  isInUse,
  type OtherNamespace,
  within,
} from "../../os/firewall/index.ts";
import { RouteSocket } from "../../os/netlink/index.ts";
import { shortKey } from "../names.ts";
import { iptablesRemains } from "./iptables/remains.ts";
import { nftablesRemains } from "./nftables/remains.ts";
import type { Remains } from "./remains.ts";

export interface OrphanOptions {
  readonly engineKey: string;
  readonly log: (level: "info" | "warn", message: string) => void;
  /** False leaves the packet filter for IPv6 alone. */
  readonly ipv6: boolean;
  readonly namespace?: OtherNamespace;
}

/**
 * Removes the rules of other engines that are gone with their bridges: they would go on dropping what comes for
 * their subnets, which are others' by now. A living engine makes a bridge before its rules, and puts back
 * within a second what others took of them. Rules are thus read before the links are looked at.
 */
export async function removeOrphans(options: OrphanOptions): Promise<void> {
  const { engineKey, log, namespace } = options;
  const found = Map.groupBy(await remains(options), ({ key }) => key);
  found.delete(shortKey(engineKey));
  const present = linkNames(namespace);
  for (const [key, places] of found) {
    const bridges = new Set(places.flatMap((place) => place.bridges));
    const isOrphan =
      bridges.size === 0 ? places.every(({ isEmpty }) => isEmpty) : bridges.isDisjointFrom(present);
    if (!isOrphan) continue;
    try {
      const removed = await Promise.all(places.map((place) => place.remove()));
      if (!removed.includes(true)) continue;
      const whose = bridges.size === 0 ? "had none" : `had ${[...bridges].join(", ")}, gone`;
      log(
        "info",
        `removed the packet filter's rules of the engine ${key}, which is no more (bridges: ${whose})`,
      );
    } catch (error) {
      // Another engine that starts at this moment may have been faster; the next to start tries again.
      log("warn", `cannot remove the rules of the engine ${key}, which is no more: ${messageOf(error)}`);
    }
  }
}

async function remains({ ipv6, namespace }: OrphanOptions): Promise<Remains[]> {
  const versions = ([4, 6] as const).filter((version) => hasIptables(version) && (version === 4 || ipv6));
  const places = versions.flatMap((version) =>
    (["nft", "legacy"] as const)
      .filter((variant) => hasVariant(version, variant) && isInUse(version, variant, namespace))
      .map((variant) => iptablesRemains(version, variant, namespace)),
  );
  if (hasNftables()) places.push(nftablesRemains(namespace));
  return (await Promise.all(places)).flat();
}

function linkNames(namespace?: OtherNamespace): Set<string> {
  using socket = within(namespace, () => new RouteSocket());
  return new Set(socket.links().map(({ name }) => name));
}
