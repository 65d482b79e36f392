import { isIPv6 } from "node:net";

/** A parsed resolv.conf(5), or the parts of one that replace the host's. */
export interface ResolverSettings {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

/** Where systemd-resolved keeps the servers behind its stub; to be read when /etc/resolv.conf is that stub's. */
export const RESOLVED_UPSTREAM_FILE = "/run/systemd/resolve/resolv.conf";

const FALLBACK_NAMESERVERS = ["8.8.8.8", "8.8.4.4"];

export function parseResolvConf(text: string): ResolverSettings {
  const nameservers: string[] = [];
  const options: string[] = [];
  let search: string[] = [];
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/);
    if (keyword === "nameserver" && values[0] !== undefined) nameservers.push(values[0]);
    if (keyword === "search" || keyword === "domain") search = values;
    if (keyword === "options") options.push(...values);
  }
  return { nameservers, search, options };
}

/** Does this file name only the local stub of systemd-resolved, which containers cannot reach? */
export function isResolvedStub(text: string): boolean {
  const { nameservers } = parseResolvConf(text);
  return nameservers.length === 1 && nameservers[0] === "127.0.0.53";
}

/**
 * The contents of a container's /etc/resolv.conf: the host's settings, each replaced by what was asked for.
 * With a network of its own a container reaches neither the host's loopback nor, on an IPv4 network, servers
 * with IPv6 addresses: these are left out, and public ones take their place when none remains.
 */
export function renderResolvConf(
  hostFile: string,
  overrides: Partial<ResolverSettings> = {},
  { ownNetwork = true }: { ownNetwork?: boolean } = {},
): string {
  const host = parseResolvConf(hostFile);
  const usable = host.nameservers.filter((server) => !ownNetwork || isReachable(server));
  const inherited = usable.length > 0 || !ownNetwork ? usable : FALLBACK_NAMESERVERS;
  const nameservers = overrides.nameservers?.length ? overrides.nameservers : inherited;
  const search = overrides.search?.length ? overrides.search.filter((domain) => domain !== ".") : host.search;
  const options = overrides.options?.length ? overrides.options : host.options;
  const lines = nameservers.map((server) => `nameserver ${server}`);
  if (search.length > 0) lines.push(`search ${search.join(" ")}`);
  if (options.length > 0) lines.push(`options ${options.join(" ")}`);
  return `${lines.join("\n")}\n`;
}

function isReachable(nameserver: string): boolean {
  return !nameserver.startsWith("127.") && !isIPv6(nameserver.replace(/%.*/, ""));
}
