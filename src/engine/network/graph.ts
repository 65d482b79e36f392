import type { NetworkGraph } from "../../api/index.ts";
import { chooseWays, type PublishedPort } from "../../network/index.ts";
import type { Container } from "../container/container.ts";
import { modeOf, sharedWith } from "../container/network/mode.ts";
import type { EngineContext } from "../context.ts";
import type { NetworkDefinition } from "./definition.ts";
import { leadsOut, letsTalk } from "./traits.ts";

type Engine = Pick<EngineContext, "containers" | "networks">;
type GraphContainer = NetworkGraph["Containers"][number];

/** Networks, containers, ports and who reaches whom: what `network graph` draws. */
export function networkGraph(engine: Engine): NetworkGraph {
  return {
    Networks: [...engine.networks].filter(({ configOnly }) => !configOnly).map(graphNetwork),
    Containers: [...engine.containers].map((container) => graphContainer(engine, container)),
  };
}

function graphNetwork(network: NetworkDefinition): NetworkGraph["Networks"][number] {
  const { id, name, driver, internal, blocks } = network;
  return {
    Id: id,
    Name: name,
    Driver: driver,
    Subnets: blocks.map(({ subnet }) => subnet),
    Internal: internal,
    InterContainer: letsTalk(network),
    Outbound: leadsOut(network),
  };
}

function graphContainer(engine: Engine, { record }: Container): GraphContainer {
  const { id, name, hostConfig, state } = record;
  const ports = state.network?.published ?? [];
  const mode = modeOf(hostConfig);
  const hasMode = mode === "host" || mode === "none" || sharedWith(hostConfig) !== undefined;
  return {
    Id: id,
    Name: name,
    Running: state.initPid !== 0,
    ...(hasMode ? { Mode: mode } : {}),
    Endpoints: endpointsOf(engine, record),
    Ports: ports.map(graphPort),
  };
}

function endpointsOf({ networks }: Engine, record: Container["record"]): GraphContainer["Endpoints"] {
  const given = record.state.network?.endpoints ?? {};
  const ways = chooseWays(Object.values(given), (id) => {
    const network = networks.get(id);
    return { name: network?.name ?? id, onLink: () => network !== undefined && leadsOut(network) };
  });
  const chosen = new Set([ways[4]?.endpoint, ways[6]?.endpoint]);
  return Object.entries(record.endpoints).map(([Network, { Aliases }]) => {
    const endpoint = given[Network];
    return {
      Network,
      IPv4: endpoint?.ipv4?.address ?? "",
      IPv6: endpoint?.ipv6?.address ?? "",
      Aliases: Aliases ?? [],
      Gateway: endpoint !== undefined && chosen.has(endpoint),
    };
  });
}

function graphPort({
  hostIp,
  hostPort,
  containerPort,
  protocol,
}: PublishedPort): GraphContainer["Ports"][number] {
  return {
    HostIp: hostIp,
    HostPort: hostPort,
    ContainerPort: containerPort,
    Protocol: protocol,
    External: !hostIp.startsWith("127.") && hostIp !== "::1",
  };
}
