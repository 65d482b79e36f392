import { readFileSync, writeFileSync } from "node:fs";
import { errnoOf, messageOf } from "../../../errors/index.ts";
import {
  type Endpoint,
  isResolvedStub,
  RESOLVED_UPSTREAM_FILE,
  renderHostname,
  renderResolvConf,
} from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import type { Container } from "../container.ts";
import type { ContainerRecord } from "../record.ts";
import { editHosts, hostLine, hostsFor, ownLines } from "./hosts.ts";
import type { JoinedNetwork } from "./join.ts";
import { linkHosts, linkNames, linksTo } from "./links.ts";
import { usesNameServer } from "./names.ts";

/** Writes the container's hosts, hostname and resolv.conf; their mounts are up to the caller. */
export function writeNetworkFiles(
  engine: EngineContext,
  { record }: Container,
  network: JoinedNetwork,
): void {
  const paths = engine.paths.container(record.id);
  writeFileSync(paths.hosts, hostsFor(engine, record, network));
  writeFileSync(paths.hostname, renderHostname(record.config.Hostname ?? ""));
  const named = usesNameServer(network.recorded?.endpoints ?? {});
  writeFileSync(paths.resolvConf, resolvConf(engine, record, network.namespace !== "host", named));
}

/** What became of a container's place on a network while it runs. */
export interface Change {
  readonly come?: readonly Endpoint[];
  readonly gone?: readonly Endpoint[];
}

/** Keeps the hosts file of a running container, and of those that link to it, up to date. */
export function hostsFollow(
  engine: EngineContext,
  container: Container,
  { come = [], gone = [] }: Change,
): void {
  const { record } = container;
  const left = new Set(gone.flatMap((endpoint) => ownLines(record, endpoint)));
  const added = come.flatMap((endpoint) => ownLines(record, endpoint));
  edit(engine, container, (line) => left.has(line), added);
  linkingHostsFollow(engine, container);
}

/** Who links to a container that has come to the default bridge finds it at its present address. */
export function linkingHostsFollow(engine: EngineContext, container: Container): void {
  for (const { from, links } of linksTo(engine, container)) {
    const lines = linkHosts(links).map(({ address, names }) => hostLine(address, names));
    const ends = links.map(({ alias, record }) => linkNames(alias, record).join(" "));
    edit(
      engine,
      from,
      (line) => ends.some((names) => line.endsWith(`\t${names}`)) && !lines.includes(line),
      lines,
    );
  }
}

/** Leads a running container to the name server in its namespace, or away from it, when that has changed. */
export function resolvConfFollows(engine: EngineContext, { record }: Container, wasNamed: boolean): void {
  const isNamed = usesNameServer(record.state.network?.endpoints ?? {});
  if (isNamed === wasNamed) return;
  writeFileSync(engine.paths.container(record.id).resolvConf, resolvConf(engine, record, true, isNamed));
}

/** A container works without it, too; what is wrong is told. */
function edit(
  engine: EngineContext,
  { id }: Container,
  isGone: (line: string) => boolean,
  come: readonly string[],
): void {
  try {
    editHosts(engine.paths.container(id).hosts, isGone, come);
  } catch (error) {
    engine.log("error", `cannot keep the hosts file of container ${id} up to date: ${messageOf(error)}`);
  }
}

function resolvConf(
  { config }: EngineContext,
  { hostConfig }: ContainerRecord,
  ownNetwork: boolean,
  named: boolean,
): string {
  const pick = (own: string[] | null | undefined, general: string[]) => (own?.length ? own : general);
  return renderResolvConf(
    hostResolvConf(),
    {
      nameservers: named ? ["127.0.0.11"] : pick(hostConfig.Dns, config.dns),
      search: pick(hostConfig.DnsSearch, config.dnsSearch),
      options: pick(hostConfig.DnsOptions, config.dnsOptions),
    },
    { ownNetwork },
  );
}

function hostResolvConf(): string {
  const text = readIfThere("/etc/resolv.conf") ?? "";
  return isResolvedStub(text) ? (readIfThere(RESOLVED_UPSTREAM_FILE) ?? text) : text;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
