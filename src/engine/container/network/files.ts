import { writeFileSync } from "node:fs";
import { messageOf } from "../../../errors/index.ts";
import {
  changeHosts,
  type HostsFile,
  renderHostname,
  renderHosts,
  rewriteInPlace,
} from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import type { Container } from "../container.ts";
import type { ContainerRecord } from "../record.ts";
import { hostsFile } from "./hosts.ts";
import type { JoinedNetwork } from "./join.ts";
import { linkingContainers, reachableLinks } from "./links.ts";
import { usesNameServer } from "./names.ts";
import { namedResolvConf, plainResolvConf } from "./resolv-conf.ts";

/** Writes the container's hosts, hostname and resolv.conf; their mounts are up to the caller. */
export function writeNetworkFiles(
  engine: EngineContext,
  container: Container,
  { recorded, links }: JoinedNetwork,
): void {
  const { record } = container;
  const paths = engine.paths.container(record.id);
  const endpoints = recorded?.endpoints ?? {};
  container.hosts = hostsFile(engine, record, endpoints, links);
  writeFileSync(paths.hosts, renderHosts(container.hosts));
  writeFileSync(paths.hostname, renderHostname(record.config.Hostname ?? ""));
  writeFileSync(paths.resolvConf, resolvConf(engine, record, usesNameServer(engine, endpoints)));
}

const resolvConf = (engine: EngineContext, record: ContainerRecord, named: boolean): string =>
  named ? namedResolvConf(engine, record).text : plainResolvConf(engine, record);

/** What a running container's hosts file says by now. */
export function presentHosts(engine: EngineContext, { record }: Container): HostsFile {
  const endpoints = record.state.network?.endpoints ?? {};
  return hostsFile(engine, record, endpoints, reachableLinks(engine, record));
}

/** Keeps the hosts file of a running container up to date with its networks and links. */
export function hostsFollow(engine: EngineContext, container: Container): void {
  const after = presentHosts(engine, container);
  const before = container.hosts ?? after;
  container.hosts = after;
  attempt(engine, container, () =>
    rewriteInPlace(engine.paths.container(container.id).hosts, (text) => changeHosts(text, before, after)),
  );
}

/** Who links to a container that has come to the default bridge finds it at its present address. */
export function linkingHostsFollow(engine: EngineContext, container: Container): void {
  for (const other of linkingContainers(engine, container)) hostsFollow(engine, other);
}

/** Leads a running container to the name server in its namespace, or away from it, when that has changed. */
export function resolvConfFollows(engine: EngineContext, container: Container, wasNamed: boolean): void {
  const { record } = container;
  const isNamed = usesNameServer(engine, record.state.network?.endpoints ?? {});
  if (isNamed === wasNamed) return;
  attempt(engine, container, () =>
    rewriteInPlace(engine.paths.container(record.id).resolvConf, () => resolvConf(engine, record, isNamed)),
  );
}

/** The network is as it was asked for, whatever a file says: what is wrong with that is told. */
function attempt(engine: EngineContext, { id }: Container, write: () => void): void {
  try {
    write();
  } catch (error) {
    engine.log("error", `cannot keep the network files of container ${id} up to date: ${messageOf(error)}`);
  }
}
