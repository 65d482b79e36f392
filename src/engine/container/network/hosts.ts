import { readFileSync, writeFileSync } from "node:fs";
import type { Endpoint } from "../../../network/index.ts";
import { renderHosts } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import type { ContainerRecord } from "../record.ts";
import { hostAddresses } from "./host-gateway.ts";
import type { JoinedNetwork } from "./join.ts";
import { linkHosts } from "./links.ts";

/** A line of a hosts file. */
export const hostLine = (address: string, names: readonly string[]): string =>
  `${address}\t${names.join(" ")}`;

/** The lines that lead a container to itself: its addresses on a network. */
export function ownLines({ config }: ContainerRecord, { ipv4, ipv6 }: Endpoint): string[] {
  const { Hostname = "", Domainname = "" } = config;
  const names = Domainname ? [`${Hostname}.${Domainname}`, Hostname] : [Hostname];
  return [ipv4, ipv6].flatMap((it) => (it === undefined ? [] : [hostLine(it.address, names)]));
}

/** What a container that is about to start has in /etc/hosts. */
export function hostsFor(engine: EngineContext, record: ContainerRecord, network: JoinedNetwork): string {
  const { hostConfig, config } = record;
  const [gateway] = hostAddresses(engine);
  const text = renderHosts({
    hostname: config.Hostname ?? "",
    addresses: [],
    extraHosts: hostConfig.ExtraHosts ?? [],
    ...(config.Domainname ? { domainname: config.Domainname } : {}),
    ...(gateway === undefined ? {} : { hostGateway: gateway }),
  });
  const own = Object.values(network.recorded?.endpoints ?? {}).flatMap((it) => ownLines(record, it));
  const links = linkHosts(network.links).map(({ address, names }) => hostLine(address, names));
  return `${text}${[...own, ...links].map((line) => `${line}\n`).join("")}`;
}

/**
 * Takes lines out of a hosts file and adds others. What programs in the container wrote there stays. The file is written
 * in place: it is mounted.
 */
export function editHosts(path: string, isGone: (line: string) => boolean, come: readonly string[]): void {
  const before = readFileSync(path, "utf8");
  const kept = before
    .replace(/\n$/, "")
    .split("\n")
    .filter((line) => !isGone(line));
  const after = `${[...kept, ...come.filter((line) => !kept.includes(line))].join("\n")}\n`;
  if (after !== before) writeFileSync(path, after);
}
