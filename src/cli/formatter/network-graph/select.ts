import type { NetworkGraph } from "../../../api/index.ts";
import { wrong } from "../../local-error.ts";
import type { GraphContainer, GraphNetwork } from "./model.ts";

/** The part of a graph that some networks, by name or beginning of their id, and their containers are; all of it for no names. */
export function selectNetworks(graph: NetworkGraph, names: readonly string[]): NetworkGraph {
  if (names.length === 0) return graph;
  const chosen = new Set(names.map((name) => network(graph, name)));
  const known = new Set([...chosen].flatMap(({ Id, Name }) => [Id, Name]));
  const attached = graph.Containers.map((container) => ({
    ...container,
    Endpoints: container.Endpoints.filter((endpoint) => known.has(endpoint.Network)),
  }));
  const owners = attached.filter((one) => one.Endpoints.length > 0 || known.has(one.Mode ?? ""));
  const ids = new Set(owners.flatMap(({ Id, Name }) => [Id, Name]));
  const shares = ({ Mode = "" }: GraphContainer) => ids.has(Mode.replace(/^container:/, ""));
  return {
    Networks: graph.Networks.filter((one) => chosen.has(one)),
    Containers: attached.filter((one) => owners.includes(one) || shares(one)),
  };
}

function network({ Networks }: NetworkGraph, name: string): GraphNetwork {
  const exact = Networks.find(({ Id, Name }) => Name === name || Id === name);
  const beginning = Networks.filter(({ Id }) => name !== "" && Id.startsWith(name));
  const found = exact ?? (beginning.length === 1 ? beginning[0] : undefined);
  if (found === undefined) throw wrong(`network ${name} not found`);
  return found;
}
