import type { EndpointSettings } from "../../../api/index.ts";
import type { Endpoint, NameServerSettings, Sandbox } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import { isPredefined } from "../../network/definition.ts";
import type { ContainerRecord, RecordedNetwork } from "../record.ts";
import { hostAddressesFor } from "./host-gateway.ts";
import { parseLink } from "./links.ts";
import { namedResolvConf } from "./resolv-conf.ts";

type Engine = Pick<EngineContext, "config" | "containers" | "names" | "networks">;
type Named = Pick<ContainerRecord, "id" | "name" | "config" | "hostConfig" | "endpoints">;

/** Whether containers find each other by name on a network: on those of users. */
export const hasNames = (network: string): boolean => !isPredefined(network);

/** The same, and of the default bridge if the engine's configuration says so. */
export const isNamed = ({ config }: Pick<EngineContext, "config">, network: string): boolean =>
  hasNames(network) || (network === "bridge" && config.bridgeNames);

/** The names of a container on a network, its own one first: aliases, the short id, the host name. */
export function dnsNames({ id, name, config }: Named, { Aliases }: EndpointSettings): string[] {
  const names = [name, ...(Aliases ?? []), id.slice(0, 12), config.Hostname ?? ""];
  return [...new Set(names.filter((it) => it !== ""))];
}

/** Makes a container's names on a network known, or, on one where it has them, what they are now. */
export function registerNames(engine: Engine, record: Named, network: string, endpoint: Endpoint): void {
  if (!isNamed(engine, network)) return;
  const { endpointId, networkId, ipv4, ipv6 } = endpoint;
  engine.names.register(
    { networkId, name: network },
    {
      endpointId,
      names: dnsNames(record, record.endpoints[network] ?? {}),
      canonical: record.name,
      ...(ipv4 === undefined ? {} : { ipv4: ipv4.address }),
      ...(ipv6 === undefined ? {} : { ipv6: ipv6.address }),
    },
  );
}

export function unregisterNames(engine: Engine, network: string, { networkId, endpointId }: Endpoint): void {
  if (isNamed(engine, network)) engine.names.unregister(networkId, endpointId);
}

/** Whether a container with these endpoints asks the embedded name server. */
export const usesNameServer = (
  engine: Pick<EngineContext, "config">,
  endpoints: RecordedNetwork["endpoints"],
): boolean => Object.keys(endpoints).some((name) => isNamed(engine, name));

/** Serves names in a sandbox, or takes up there what has changed. Without a network that has names it does nothing. */
export async function serveNames(
  engine: Engine,
  record: Named,
  sandbox: Pick<Sandbox, "id" | "fd">,
  endpoints: RecordedNetwork["endpoints"],
): Promise<void> {
  if (usesNameServer(engine, endpoints))
    await engine.names.serve(sandbox, serverSettings(engine, record, endpoints));
}

/** What the name server of a container knows besides names. */
export function serverSettings(
  engine: Engine,
  { hostConfig, endpoints: asked }: Named,
  endpoints: RecordedNetwork["endpoints"],
): NameServerSettings {
  const { config, networks } = engine;
  const servers = hostConfig.Dns?.length ? hostConfig.Dns : config.dns;
  const named = Object.entries(endpoints).filter(([name]) => isNamed(engine, name));
  const links = named.flatMap(([name]) => (asked[name]?.Links ?? []).map(parseLink));
  const leadsOut = Object.keys(endpoints).some((name) => networks.named(name)?.settings?.internal !== true);
  return {
    networks: named.map(([name, { networkId }]) => ({ networkId, name })),
    ...(servers.length > 0 ? { servers } : {}),
    ...(links.length > 0
      ? { links: Object.fromEntries(links.map(({ alias, target }) => [alias, target])) }
      : {}),
    hostAddresses: hostAddressesFor(engine, endpoints),
    keepSingleLabels: namedResolvConf(engine, { hostConfig }).keepSingleLabels,
    forward: leadsOut,
  };
}
