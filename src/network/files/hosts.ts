import { isIPv6 } from "node:net";
import { invalid } from "../../errors/index.ts";

/** One line of /etc/hosts. */
export interface HostsLine {
  readonly address: string;
  readonly names: readonly string[];
}

/** What decides a container's /etc/hosts. */
export interface HostsFile {
  readonly hostname: string;
  readonly domainname?: string;
  /** The container's own addresses, IPv4 and IPv6, of all its networks; none without a network of its own. */
  readonly addresses: readonly string[];
  /** "name:address" or "name=address", where the address may be `host-gateway`. */
  readonly extraHosts?: readonly string[];
  /** What `host-gateway` stands for, one line for each address. */
  readonly hostGateway?: readonly string[];
  /** Names of the host, where no name server answers for them; one that `extraHosts` has is left to these. */
  readonly hostNames?: readonly HostsLine[];
  /** Names of other containers, `--link`. */
  readonly links?: readonly HostsLine[];
  /** False leaves out all that has an IPv6 address. */
  readonly ipv6?: boolean;
}

const LOCAL_LINES = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::\tip6-localnet",
  "ff00::\tip6-mcastprefix",
  "ff02::1\tip6-allnodes",
  "ff02::2\tip6-allrouters",
];

/** The contents of /etc/hosts, in Docker's order: local names, extra hosts, links, the container itself. */
export function renderHosts(file: HostsFile): string {
  return `${hostsLines(file).join("\n")}\n`;
}

/**
 * The file of a running container after its networks or links have changed: lines that are not true any more go, new
 * ones are added, and what the container has written into it stays.
 */
export function changeHosts(text: string, before: HostsFile, after: HostsFile): string {
  const [former, wanted] = [new Set(hostsLines(before)), new Set(hostsLines(after))];
  const kept = text.split("\n").filter((line) => line !== "" && (!former.has(line) || wanted.has(line)));
  const present = new Set(kept);
  const added = [...wanted].filter((line) => !former.has(line) && !present.has(line));
  return `${[...kept, ...added].join("\n")}\n`;
}

/** The contents of /etc/hostname. */
export function renderHostname(hostname: string): string {
  return `${hostname}\n`;
}

function hostsLines(file: HostsFile): string[] {
  const { hostname, domainname, addresses, links = [], ipv6 = true } = file;
  const full = domainname ? `${hostname}.${domainname}` : hostname;
  const [short = full] = full.split(".");
  const own = { names: short === full ? [full] : [full, short] };
  const extra = (file.extraHosts ?? []).flatMap((entry) => extraLines(entry, file.hostGateway ?? []));
  const lines = [
    ...extra,
    ...hostNameLines(file, extra),
    ...links,
    ...addresses.map((address) => ({ ...own, address })),
  ];
  const texts = lines.map(({ address, names }) => `${address}\t${names.join(" ")}`);
  return [...LOCAL_LINES, ...texts].filter((line) => ipv6 || !isIPv6(line.split("\t")[0] ?? ""));
}

/** A name that the user gave somebody else stays his. */
function hostNameLines({ hostNames = [] }: HostsFile, extra: readonly HostsLine[]): HostsLine[] {
  const taken = new Set(extra.flatMap(({ names }) => names).map((name) => name.toLowerCase()));
  const free = hostNames.map(({ address, names }) => ({
    address,
    names: names.filter((name) => !taken.has(name.toLowerCase())),
  }));
  return free.filter(({ names }) => names.length > 0);
}

function extraLines(entry: string, gateways: readonly string[]): HostsLine[] {
  const separator = entry.search(/[:=]/);
  const names = [entry.slice(0, separator)];
  const address = entry.slice(separator + 1).replace(/^\[(.*)\]$/, "$1");
  if (separator <= 0 || address === "")
    throw invalid(`bad format for add-host: "${entry}"; write name:address`);
  if (address !== "host-gateway") return [{ address, names }];
  if (gateways.length === 0) {
    throw invalid(`"${entry}": the host has no address to use for host-gateway; set host-gateway-ip`);
  }
  return gateways.map((gateway) => ({ address: gateway, names }));
}
