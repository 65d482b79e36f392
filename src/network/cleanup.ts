import { RouteSocket } from "../os/netlink/index.ts";
import { type FirewallSettings, type Log, PacketFilter } from "./firewall/packet-filter.ts";
import { ownLinks, removeLink } from "./links.ts";

/**
 * Removes every interface, bridge and rule that engines with this key left on the host, found by what is
 * there and not by what anyone remembers. No such engine may be running.
 */
export async function cleanup(options: {
  engineKey: string;
  firewall: boolean;
  packetFilter?: FirewallSettings;
  log: Log;
}): Promise<void> {
  using host = new RouteSocket();
  for (const { name } of ownLinks(host, options.engineKey)) removeLink(host, name);
  if (!options.firewall) return;
  const filter = new PacketFilter(options.engineKey, options.log, options.packetFilter);
  await filter.remove();
  await filter.close();
}
