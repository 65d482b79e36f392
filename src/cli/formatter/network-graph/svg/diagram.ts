import type { NetworkGraph } from "../../../../api/index.ts";
import {
  type GraphContainer,
  type GraphNetwork,
  isAttachable,
  type Membership,
  memberships,
  modeText,
  networkTraits,
  portText,
} from "../model.ts";
import type { Card, CardLine } from "./card.ts";

/** An end of a connection: a card and, for containers, which of its lines. */
export interface Pin {
  readonly card: string;
  readonly line: number;
}

export interface Connection {
  readonly from: Pin;
  readonly to: Pin;
  readonly tone: "external" | "plain" | "outbound";
  readonly arrow: boolean;
}

/** What is to be drawn: columns of cards by their keys, from where connections come to where they go. */
export interface Diagram {
  readonly columns: readonly ReadonlyMap<string, Card>[];
  readonly connections: readonly Connection[];
}

/** Other machines and this host, containers, networks, and what is outside. */
export function diagramOf(graph: NetworkGraph): Diagram {
  const networks = graph.Networks.filter(isAttachable);
  const ends = Map.groupBy(memberships(graph), ({ container }) => container.Id);
  const containers = inOrderOfNetworks(graph, ends);
  const ports = containers.flatMap(portConnections);
  const used = new Set(ports.map(({ from }) => from.card));
  const sources = new Map([...sourceCards].filter(([key]) => used.has(key)));
  const outbound = networks.filter(({ Outbound }) => Outbound);
  const outside: Map<string, Card> = new Map(outbound.length > 0 ? [["outside", world("outside")]] : []);
  return {
    columns: [
      sources,
      new Map(containers.map((one) => [one.Id, containerCard(one, ends.get(one.Id) ?? [], graph)])),
      new Map(networks.map((one) => [one.Id, networkCard(one)])),
      outside,
    ],
    connections: [
      ...ports,
      ...[...ends.values()].flatMap(membershipConnections),
      ...outbound.map(
        ({ Id }): Connection => ({ from: title(Id), to: title("outside"), tone: "outbound", arrow: true }),
      ),
    ],
  };
}

const world = (text: string): Card => ({ kind: "world", title: text, lines: [] });
const title = (card: string): Pin => ({ card, line: -1 });

const sourceCards = new Map([
  ["others", world("other machines")],
  ["host", world("this host")],
]);

/** Containers of one network stand together, in the networks' order, so that fewer lines cross. */
function inOrderOfNetworks(
  graph: NetworkGraph,
  ends: ReadonlyMap<string, readonly Membership[]>,
): GraphContainer[] {
  const rank = new Map(graph.Networks.map(({ Id }, index) => [Id, index]));
  const place = ({ Id }: GraphContainer) => {
    const ranks = (ends.get(Id) ?? []).map(({ network }) => rank.get(network.Id)!);
    return ranks.length === 0
      ? graph.Networks.length
      : ranks.reduce((sum, one) => sum + one, 0) / ranks.length;
  };
  return [...graph.Containers].sort((a, b) => place(a) - place(b));
}

function containerCard(container: GraphContainer, own: readonly Membership[], graph: NetworkGraph): Card {
  const ports = container.Ports.map(
    (port): CardLine => ({ text: portText(port), tone: port.External ? "external" : "faint" }),
  );
  const ends = own.map(
    ({ endpoint }): CardLine => ({
      text: [endpoint.IPv4, endpoint.IPv6].filter(Boolean).join(" ") || "no address",
      align: "right",
    }),
  );
  const mode: CardLine[] = own.length > 0 ? [] : [{ text: modeText(container, graph), tone: "faint" }];
  const name = container.Running ? container.Name : `${container.Name} (stopped)`;
  return { kind: "container", muted: !container.Running, title: name, lines: [...ports, ...ends, ...mode] };
}

function networkCard(network: GraphNetwork): Card {
  const about = [network.Driver, ...network.Subnets, ...networkTraits(network)];
  const lines = about.map((text): CardLine => ({ text, tone: "faint" }));
  return { kind: "network", muted: network.Internal, title: network.Name, lines };
}

function portConnections({ Id, Ports }: GraphContainer): Connection[] {
  return Ports.map(({ External }, line) => ({
    from: title(External ? "others" : "host"),
    to: { card: Id, line },
    tone: External ? "external" : "plain",
    arrow: true,
  }));
}

/** A container's ends stand below its ports on its card. */
function membershipConnections(own: readonly Membership[]): Connection[] {
  return own.map(({ container, network }, index) => ({
    from: { card: container.Id, line: container.Ports.length + index },
    to: title(network.Id),
    tone: "plain",
    arrow: false,
  }));
}
