import type { NetworkGraph } from "../../../api/index.ts";
import { type GraphContainer, type GraphPort, type Membership, memberships } from "./model.ts";

/** What a running container reaches, and from where it is reached by published ports. */
export interface Reach {
  readonly container: GraphContainer;
  /** Containers on a network that lets them talk, in the graph's order. */
  readonly peers: readonly GraphContainer[];
  readonly outside: boolean;
  /** Ports by which other machines come in. */
  readonly external: readonly GraphPort[];
  /** Ports by which only this host comes in. */
  readonly local: readonly GraphPort[];
}

/** Who reaches whom, for each running container that has a network of its own. */
export function reach(graph: NetworkGraph): Reach[] {
  const running = memberships(graph).filter(({ container }) => container.Running);
  const on = Map.groupBy(running, ({ network }) => network.Id);
  const own = Map.groupBy(running, ({ container }) => container.Id);
  const rank = new Map(graph.Containers.map(({ Id }, index) => [Id, index]));
  return [...own.values()].map((ends) => {
    const { container } = ends[0]!;
    const talks = ends.filter(({ network }) => network.InterContainer);
    const peers = distinct(
      talks.flatMap(({ network }) => on.get(network.Id) ?? []),
      container,
    );
    // Those of one network are in the graph's order already, and may be many.
    if (talks.length > 1) peers.sort((a, b) => rank.get(a.Id)! - rank.get(b.Id)!);
    return {
      container,
      peers,
      outside: ends.some(({ network }) => network.Outbound),
      external: container.Ports.filter(({ External }) => External),
      local: container.Ports.filter(({ External }) => !External),
    };
  });
}

function distinct(ends: readonly Membership[], self: GraphContainer): GraphContainer[] {
  const byId = new Map(ends.map(({ container }) => [container.Id, container]));
  byId.delete(self.Id);
  return [...byId.values()];
}
