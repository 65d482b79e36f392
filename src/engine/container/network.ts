import { readFileSync, writeFileSync } from "node:fs";
import type { PortMap } from "../../api/index.ts";
import { conflict, errnoOf, notFound } from "../../errors/index.ts";
import {
  isResolvedStub,
  type PortRequest,
  type PublishedPort,
  RESOLVED_UPSTREAM_FILE,
  renderHostname,
  renderHosts,
  renderResolvConf,
  type Sandbox,
} from "../../network/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import type { ContainerRecord, RecordedNetwork } from "./record.ts";
import { requireProcess } from "./require.ts";
import type { Undo } from "./undo.ts";

/** Where a container's processes find their network, and what of it is to be remembered. */
export interface JoinedNetwork {
  namespace: "host" | "new" | { path: string };
  recorded?: RecordedNetwork;
}

/** Gives the container its network and publishes its ports. */
export async function joinNetwork(
  engine: EngineContext,
  container: Container,
  undo: Undo,
): Promise<JoinedNetwork> {
  const { NetworkMode: mode = "bridge" } = container.record.hostConfig;
  if (mode === "host") return { namespace: "host" };
  if (mode === "none") return { namespace: "new" };
  if (mode.startsWith("container:")) return { namespace: { path: sharedNamespace(engine, container, mode) } };
  const network = engine.networks.find(({ name, id }) => name === mode || id === mode);
  if (network === undefined) throw notFound(`network ${mode} not found`);
  const asked = container.record.endpoints[mode] ?? {};
  const address = asked.IPAMConfig?.IPv4Address;
  const sandbox = await engine.network.acquire([
    {
      networkId: network.id,
      ...(address ? { ipv4: address } : {}),
      ...(asked.MacAddress ? { macAddress: asked.MacAddress } : {}),
    },
  ]);
  undo.add("release the network", () => engine.network.release(sandbox));
  const requests = portRequests(container.record);
  const published = requests.length === 0 ? [] : await engine.network.publish(sandbox.id, requests);
  return {
    namespace: { path: sandbox.path },
    recorded: remember(network.name, sandbox, published, container),
  };
}

function sharedNamespace(engine: EngineContext, container: Container, mode: string): string {
  const other = engine.containers.find(mode.slice("container:".length));
  if (other === container) throw conflict("cannot join own network namespace");
  if (other.record.state.initPid === 0) {
    throw conflict(`cannot join network namespace of a non running container: ${other.id}`);
  }
  requireProcess(other);
  return `/proc/${other.record.state.initPid}/ns/net`;
}

function remember(
  name: string,
  sandbox: Sandbox,
  published: PublishedPort[],
  { record }: Container,
): RecordedNetwork {
  const [endpoint] = sandbox.endpoints;
  return {
    sandboxId: sandbox.id,
    published,
    endpoints: endpoint === undefined ? {} : { [name]: endpoint },
    ports: portMap(record, published),
  };
}

/** Ports are written with their protocol, `80/tcp` where none was named. */
function normalisePort(port: string): { containerPort: number; protocol: PortRequest["protocol"] } {
  const [number = "", protocol = "tcp"] = port.toLowerCase().split("/");
  return { containerPort: Number(number), protocol: protocol as PortRequest["protocol"] };
}

/** `-p` as asked; with `-P` a free port of the host for each exposed port that has none. */
export function portRequests({ hostConfig, config }: ContainerRecord): PortRequest[] {
  const bindings: PortMap = { ...hostConfig.PortBindings };
  if (hostConfig.PublishAllPorts) {
    for (const port of Object.keys(config.ExposedPorts ?? {})) bindings[port] ??= [{}];
  }
  return Object.entries(bindings).flatMap(([port, hosts]) =>
    (hosts ?? []).map(({ HostIp, HostPort }) => ({
      ...normalisePort(port),
      ...(HostIp ? { hostIp: HostIp } : {}),
      ...(HostPort ? { hostPort: HostPort } : {}),
    })),
  );
}

function portMap({ config }: ContainerRecord, published: PublishedPort[]): PortMap {
  const result: PortMap = {};
  for (const port of Object.keys(config.ExposedPorts ?? {})) {
    const { containerPort, protocol } = normalisePort(port);
    result[`${containerPort}/${protocol}`] = null;
  }
  for (const { containerPort, protocol, hostIp, hostPort } of published) {
    const key = `${containerPort}/${protocol}`;
    result[key] = [...(result[key] ?? []), { HostIp: hostIp, HostPort: String(hostPort) }];
  }
  return result;
}

/** Whether others could be waiting for what the container's network holds. */
export function hasReservations({ state, endpoints }: ContainerRecord): boolean {
  const fixed = Object.values(endpoints).some((endpoint) => endpoint.IPAMConfig?.IPv4Address);
  return fixed || (state.network?.published ?? []).length > 0;
}

/** Gives the network back. The record has it no longer; saving that is the caller's. */
export async function leaveNetwork(engine: EngineContext, { record }: Container): Promise<void> {
  const { network } = record.state;
  delete record.state.network;
  if (network?.sandboxId !== undefined) await engine.network.release({ id: network.sandboxId });
}

/** Writes the container's hosts, hostname and resolv.conf; their mounts are up to the caller. */
export function writeNetworkFiles(
  engine: EngineContext,
  { record }: Container,
  network: JoinedNetwork,
): void {
  const { hostConfig, config } = record;
  const paths = engine.paths.container(record.id);
  const hostname = config.Hostname ?? "";
  const addresses = Object.values(network.recorded?.endpoints ?? {}).flatMap(({ ipv4 }) =>
    ipv4 === undefined ? [] : [ipv4.address],
  );
  const gateway = engine.networks.find(({ name }) => name === "bridge")?.gateway;
  const hosts = renderHosts({
    hostname,
    addresses,
    extraHosts: hostConfig.ExtraHosts ?? [],
    ...(config.Domainname ? { domainname: config.Domainname } : {}),
    ...(gateway === undefined ? {} : { hostGateway: gateway }),
  });
  writeFileSync(paths.hosts, hosts);
  writeFileSync(paths.hostname, renderHostname(hostname));
  writeFileSync(paths.resolvConf, resolvConf(engine, record, network.namespace !== "host"));
}

function resolvConf({ config }: EngineContext, { hostConfig }: ContainerRecord, ownNetwork: boolean): string {
  const pick = (own: string[] | null | undefined, general: string[]) => (own?.length ? own : general);
  return renderResolvConf(
    hostResolvConf(),
    {
      nameservers: pick(hostConfig.Dns, config.dns),
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
