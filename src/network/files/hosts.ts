import { invalid } from "../../errors/index.ts";

/** What decides a container's /etc/hosts. */
export interface HostsFile {
  readonly hostname: string;
  readonly domainname?: string;
  /** The container's own addresses; none without a network of its own. */
  readonly addresses: readonly string[];
  /** "name:address" or "name=address", where the address may be `host-gateway`. */
  readonly extraHosts?: readonly string[];
  /** What `host-gateway` stands for. */
  readonly hostGateway?: string;
}

const LOCAL_LINES = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::\tip6-localnet",
  "ff00::\tip6-mcastprefix",
  "ff02::1\tip6-allnodes",
  "ff02::2\tip6-allrouters",
];

/** The contents of /etc/hosts, in the order Docker writes it: local names, extra hosts, the container itself. */
export function renderHosts(file: HostsFile): string {
  const extra = (file.extraHosts ?? []).map((entry) => extraLine(entry, file.hostGateway));
  const { hostname, domainname } = file;
  const names = domainname ? `${hostname}.${domainname} ${hostname}` : hostname;
  const own = file.addresses.map((address) => `${address}\t${names}`);
  return `${[...LOCAL_LINES, ...extra, ...own].join("\n")}\n`;
}

/** The contents of /etc/hostname. */
export function renderHostname(hostname: string): string {
  return `${hostname}\n`;
}

function extraLine(entry: string, hostGateway: string | undefined): string {
  const separator = entry.search(/[:=]/);
  const name = entry.slice(0, separator);
  const address = entry.slice(separator + 1).replace(/^\[(.*)\]$/, "$1");
  if (separator <= 0 || address === "")
    throw invalid(`bad format for add-host: "${entry}"; write name:address`);
  if (address !== "host-gateway") return `${address}\t${name}`;
  if (hostGateway === undefined) {
    throw invalid(`"${entry}": the host has no address to use for host-gateway; set host-gateway-ip`);
  }
  return `${hostGateway}\t${name}`;
}
