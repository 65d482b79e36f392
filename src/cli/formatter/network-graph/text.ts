import type { NetworkGraph } from "../../../api/index.ts";
import { box } from "./box.ts";
import {
  type GraphNetwork,
  type GraphPort,
  hasPorts,
  isAttachable,
  type Membership,
  memberships,
  modeText,
  networkTraits,
  portText,
} from "./model.ts";
import { type Reach, reach } from "./reach.ts";
import { type GraphStyle, plainGraph } from "./style.ts";

/** A container's peers are named up to this many; on a large network the rest is counted. */
const namedPeers = 8;

/** The graph for a terminal: a box for each network with its containers and their ports, then who reaches whom. */
export function textGraph(graph: NetworkGraph, style: GraphStyle = plainGraph): string {
  const ends = Map.groupBy(memberships(graph), ({ network }) => network.Id);
  const boxes = graph.Networks.filter(isAttachable).map((network) =>
    networkBox(network, ends.get(network.Id) ?? [], style),
  );
  const parts = [...boxes, ...elsewhere(graph, style), ...reachability(graph, style)];
  return `${parts.length > 0 ? parts.join("\n\n") : "nothing to draw"}\n`;
}

function networkBox(network: GraphNetwork, ends: readonly Membership[], style: GraphStyle): string {
  const head = [network.Subnets.join(", "), networkTraits(network).join(" · ")].filter(Boolean);
  const width = widest(ends.map(({ container }) => container.Name));
  const lines = ends.flatMap((end) => containerLines(end, width, style));
  const content = lines.length > 0 ? lines : [style.faint("no containers")];
  return box(style.title(network.Name), style.faint(network.Driver), [head.map(style.faint), content]);
}

function containerLines(end: Membership, width: number, style: GraphStyle): string[] {
  const { container, endpoint } = end;
  const notes = [
    ...(container.Running ? [] : ["stopped"]),
    ...(endpoint.Aliases.length > 0 ? [`also ${endpoint.Aliases.join(", ")}`] : []),
    ...(endpoint.Gateway && container.Endpoints.length > 1 ? ["its way out"] : []),
  ];
  const addresses = [endpoint.IPv4, endpoint.IPv6].filter(Boolean).join(" ");
  const text = [addresses, ...notes.map(style.faint)].filter(Boolean).join(" · ");
  const sign = container.Running ? "●" : "○";
  const head = `${sign} ${style.title(pad(container.Name, width))}  ${text}`;
  return [head.trimEnd(), ...(hasPorts(end) ? portLines(container.Ports, style) : [])];
}

function portLines(ports: readonly GraphPort[], style: GraphStyle): string[] {
  const width = widest(ports.map(portText));
  return ports.map((port, index) => {
    const branch = index === ports.length - 1 ? "└◀" : "├◀";
    const text = pad(portText(port), width);
    const from = port.External ? "from other machines" : "from this host";
    return `  ${branch} ${port.External ? style.external(text) : text}  ${style.faint(from)}`;
  });
}

/** Containers that are on the host's network, on none, or on another container's. */
function elsewhere(graph: NetworkGraph, style: GraphStyle): string[] {
  const attached = new Set(memberships(graph).map(({ container }) => container.Id));
  const others = graph.Containers.filter(({ Id }) => !attached.has(Id));
  if (others.length === 0) return [];
  const width = widest(others.map(({ Name }) => Name));
  const lines = others.map((container) => {
    const sign = container.Running ? "●" : "○";
    return `  ${sign} ${pad(container.Name, width)}  ${style.faint(modeText(container, graph))}`;
  });
  return [[style.title("On no network of their own"), ...lines].join("\n")];
}

function reachability(graph: NetworkGraph, style: GraphStyle): string[] {
  const all = reach(graph);
  if (all.length === 0) return [];
  const width = widest(all.map(({ container }) => container.Name));
  const lines = all.map((one) => {
    const from = one.external.length > 0 ? `  ${style.external("◀── other machines")}` : "";
    return `  ${pad(one.container.Name, width)} ──▶ ${targets(one)}${from}`;
  });
  return [[style.title("Who reaches whom"), ...lines].join("\n")];
}

function targets({ peers, outside }: Reach): string {
  const named = peers.slice(0, namedPeers).map(({ Name }) => Name);
  const rest = peers.length - named.length;
  const all = [...named, ...(rest > 0 ? [`${rest} more`] : []), ...(outside ? ["outside"] : [])];
  return all.length === 0 ? "nobody" : all.join(", ");
}

const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => Bun.stringWidth(text)));
const pad = (text: string, width: number) => text + " ".repeat(width - Bun.stringWidth(text));
