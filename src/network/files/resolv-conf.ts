import { isIP, isIPv6 } from "node:net";

/** A parsed resolv.conf(5), or the parts of one that replace the host's. */
export interface ResolverSettings {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  /** Lines that mean something else, such as `sortlist`. */
  readonly other?: readonly string[];
}

/** Where systemd-resolved keeps the servers behind its stub; to be read when /etc/resolv.conf is that stub's. */
export const RESOLVED_UPSTREAM_FILE = "/run/systemd/resolve/resolv.conf";

const withoutZone = (address: string): string => address.replace(/%.*/, "");

/** What is no address is no server. */
export function parseResolvConf(text: string): Required<ResolverSettings> {
  const nameservers: string[] = [];
  const options: string[] = [];
  const other: string[] = [];
  let search: string[] = [];
  for (const line of text.split("\n")) {
    const plain = line.replace(/[#;].*/, "").trim();
    const [keyword, ...values] = plain.split(/\s+/);
    const [first = ""] = values;
    if (keyword === "nameserver") nameservers.push(...(isIP(withoutZone(first)) ? [first] : []));
    else if (keyword === "search" || keyword === "domain") search = values;
    else if (keyword === "options") options.push(...values);
    else if (keyword) other.push(plain);
  }
  return { nameservers, search, options, other };
}

/** Does this file name only the local stub of systemd-resolved, which containers cannot reach? */
export function isResolvedStub(text: string): boolean {
  const { nameservers } = parseResolvConf(text);
  return nameservers.length === 1 && nameservers[0] === "127.0.0.53";
}

/** The host's settings, each replaced by what was asked for. A search for "." is one for nothing. */
export function withOverrides(
  hostFile: string,
  { nameservers, search, options }: Partial<ResolverSettings>,
): Required<ResolverSettings> {
  const host = parseResolvConf(hostFile);
  return {
    nameservers: nameservers?.length ? nameservers : host.nameservers,
    search: search?.length ? search.filter((domain) => domain !== ".") : host.search,
    options: options?.length ? options : host.options,
    other: host.other,
  };
}

/** The text of a resolv.conf, with notes for people at its end. */
export function formatResolvConf(settings: Required<ResolverSettings>, notes: readonly string[]): string {
  const { nameservers, search, options, other } = settings;
  const lines = nameservers.map((server) => `nameserver ${server}`);
  if (search.length > 0) lines.push(`search ${search.join(" ")}`);
  if (options.length > 0) lines.push(`options ${options.join(" ")}`);
  const comments = notes.length === 0 ? [] : ["", ...notes.map((note) => `# ${note}`)];
  return `${[...lines, ...other, ...comments].join("\n")}\n`;
}

const FALLBACK_NAMESERVERS = ["8.8.8.8", "8.8.4.4"];
const FALLBACK_NAMESERVERS_IPV6 = ["2001:4860:4860::8888", "2001:4860:4860::8844"];

/** How a container is connected: with a network of its own or in the host's, and whether it has IPv6 there. */
export interface Connection {
  readonly ownNetwork?: boolean;
  readonly ipv6?: boolean;
}

/**
 * The contents of the /etc/resolv.conf of a container that asks servers itself: the host's settings, each replaced by
 * what was asked for. With a network of its own a container reaches neither the host's loopback nor, on an IPv4
 * network, servers with IPv6 addresses: the host's of that kind are left out, and public ones take their place when
 * none remains.
 */
export function renderResolvConf(
  hostFile: string,
  overrides: Partial<ResolverSettings> = {},
  { ownNetwork = true, ipv6 = false }: Connection = {},
): string {
  const settings = withOverrides(hostFile, overrides);
  if (!ownNetwork || overrides.nameservers?.length) return formatResolvConf(settings, []);
  const reachable = settings.nameservers.filter((server) => isReachable(server, ipv6));
  if (reachable.length > 0) return formatResolvConf({ ...settings, nameservers: reachable }, []);
  const nameservers = [...FALLBACK_NAMESERVERS, ...(ipv6 ? FALLBACK_NAMESERVERS_IPV6 : [])];
  return formatResolvConf({ ...settings, nameservers }, ["Used default nameservers."]);
}

function isReachable(nameserver: string, ipv6: boolean): boolean {
  const address = withoutZone(nameserver);
  return isIPv6(address) ? ipv6 && address !== "::1" : !address.startsWith("127.");
}
