import type { EndpointSettings } from "../../api/index.ts";
import { parseInteger } from "../flags/scalar.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "./csv.ts";
import { isIP } from "./ip.ts";
import { validateMac } from "./validate.ts";

/** One `--network`: a name, or with settings of the container's end there. */
export interface NetworkAttachment {
  target: string;
  aliases: string[];
  links: string[];
  driverOpts: Record<string, string> | null;
  ipv4: string;
  ipv6: string;
  linkLocal: string[];
  mac: string;
  priority: number;
}

export function attachment(target: string): NetworkAttachment {
  const empty = { ipv4: "", ipv6: "", mac: "", priority: 0, driverOpts: null };
  return { target, ...empty, aliases: [], links: [], linkLocal: [] };
}

/** `mynet` or `name=mynet,alias=web,ip=10.0.0.9,driver-opt=key=value`. */
export function parseNetwork(text: string): NetworkAttachment {
  if (!/\w+=\w+(,\w+=\w+)*/.test(text)) return attachment(text);
  const network = attachment("");
  for (const field of csvFields(text)) {
    const [rawKey, rawValue] = cut(field.toLowerCase(), "=");
    if (rawValue === undefined || rawKey === "") throw wrong(`invalid field ${field}`);
    const value = rawValue.trim();
    const key = rawKey.trim();
    if (key === "name") network.target = value;
    else if (key === "alias") network.aliases.push(value);
    else if (key === "ip") network.ipv4 = value;
    else if (key === "ip6") network.ipv6 = value;
    else if (key === "mac-address") network.mac = value;
    else if (key === "link-local-ip") network.linkLocal.push(value);
    else if (key === "driver-opt") network.driverOpts = { ...network.driverOpts, ...driverOption(value) };
    else if (key === "gw-priority") network.priority = priority(value);
    else throw wrong(`invalid field key ${key}`);
  }
  if (network.target === "") throw wrong("network name/id is not specified");
  return network;
}

function driverOption(text: string): Record<string, string> {
  const [key, value] = cut(text, "=");
  if (value === undefined || key === "") throw wrong("invalid key value pair format in driver options");
  return { [key.trim()]: value.trim() };
}

function priority(text: string): number {
  try {
    return parseInteger(text);
  } catch {
    throw wrong(`invalid gw-priority (${text}): invalid syntax`);
  }
}

export const isUserDefined = (target: string): boolean =>
  !["default", "bridge", "host", "none"].includes(target) && !target.startsWith("container:");

/** What an attachment asks of the engine. */
export function endpoint(network: NetworkAttachment): EndpointSettings {
  if (network.target.trim() === "") throw wrong("no name set for network");
  if (!isUserDefined(network.target)) {
    if (network.aliases.length > 0) {
      throw wrong("network-scoped aliases are only supported for user-defined networks");
    }
    if (network.links.length > 0) throw wrong("links are only supported for user-defined networks");
  }
  for (const address of [network.ipv4, network.ipv6, ...network.linkLocal]) {
    if (address !== "" && isIP(address) === 0) throw wrong(`invalid IP address: ${address}`);
  }
  if (network.mac !== "") validateMac(network.mac);
  const { ipv4, ipv6, linkLocal } = network;
  const addressed = ipv4 !== "" || ipv6 !== "" || linkLocal.length > 0;
  const ipam = {
    ...(ipv4 === "" ? {} : { IPv4Address: ipv4 }),
    ...(ipv6 === "" ? {} : { IPv6Address: ipv6 }),
    ...(linkLocal.length === 0 ? {} : { LinkLocalIPs: linkLocal }),
  };
  return {
    ...(addressed ? { IPAMConfig: ipam } : {}),
    ...(network.links.length > 0 ? { Links: network.links } : {}),
    ...(network.aliases.length > 0 ? { Aliases: network.aliases } : {}),
    ...(network.driverOpts === null ? {} : { DriverOpts: network.driverOpts }),
    ...(network.priority === 0 ? {} : { GwPriority: network.priority }),
    ...(network.mac === "" ? {} : { MacAddress: network.mac }),
  };
}
