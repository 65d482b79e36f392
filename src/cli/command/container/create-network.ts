import type { EndpointSettings } from "../../../api/index.ts";
import { wrong } from "../../local-error.ts";
import { attachment, endpoint, isUserDefined, type NetworkAttachment } from "../../opts/network.ts";
import type { CreateFlags } from "./create-flags.ts";

export const networksOf = (flags: CreateFlags): NetworkAttachment[] => [...flags.net, ...flags.network];

/** The container's ends in its networks; `--ip`, `--mac-address` and their like belong to the first. */
export function endpoints(flags: CreateFlags): Record<string, EndpointSettings> {
  const named = networksOf(flags);
  if (named.length === 0) return { default: endpoint(withFlags(attachment("default"), flags)) };
  const result: Record<string, EndpointSettings> = {};
  for (const [index, network] of named.entries()) {
    const settings = endpoint(index === 0 ? withFlags(network, flags) : network);
    if (Object.hasOwn(result, network.target)) {
      throw wrong(`network ${JSON.stringify(network.target)} is specified multiple times`);
    }
    // One network without settings needs no endpoint: the engine makes it from the network mode.
    if (named.length === 1 && Object.keys(settings).length === 0) continue;
    result[network.target] = settings;
  }
  const kinds = new Set(named.map((network) => isUserDefined(network.target)));
  if (kinds.size > 1) {
    throw wrong("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
  }
  return result;
}

function withFlags(network: NetworkAttachment, flags: CreateFlags): NetworkAttachment {
  const aliases = [...flags["net-alias"], ...flags["network-alias"]];
  const links = flags.link;
  const clash = (flag: string, what: string) =>
    wrong(`conflicting options: cannot specify both --${flag} and per-network ${what}`);
  if (network.aliases.length > 0 && aliases.length > 0) throw clash("network-alias", "alias");
  if (network.links.length > 0 && links.length > 0) throw clash("link", "links");
  if (network.ipv4 !== "" && flags.ip !== "") throw clash("ip", "IPv4 address");
  if (network.ipv6 !== "" && flags.ip6 !== "") throw clash("ip6", "IPv6 address");
  if (network.mac !== "" && flags["mac-address"] !== "") throw clash("mac-address", "MAC address");
  if (network.linkLocal.length > 0 && flags["link-local-ip"].length > 0) {
    throw clash("link-local-ip", "link-local IP addresses");
  }
  return {
    ...network,
    aliases: aliases.length > 0 ? aliases : network.aliases,
    // On the default bridge a link is the container's own (HostConfig.Links), elsewhere the endpoint's.
    links: isUserDefined(network.target) && links.length > 0 ? links : network.links,
    ipv4: flags.ip || network.ipv4,
    ipv6: flags.ip6 || network.ipv6,
    mac: flags["mac-address"] || network.mac,
    linkLocal: flags["link-local-ip"].length > 0 ? flags["link-local-ip"] : network.linkLocal,
  };
}
