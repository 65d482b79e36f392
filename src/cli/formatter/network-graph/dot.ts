import type { NetworkGraph } from "../../../api/index.ts";
import {
  type GraphContainer,
  type GraphNetwork,
  isAttachable,
  memberships,
  modeText,
  networkTraits,
  portText,
} from "./model.ts";

/** The graph in Graphviz's language: `slipway network graph --format dot | dot -Tsvg`. */
export function dotGraph(graph: NetworkGraph): string {
  const networks = graph.Networks.filter(isAttachable);
  const ends = memberships(graph);
  const attached = new Set(ends.map(({ container }) => container.Id));
  const lines = [
    "rankdir=LR;",
    'node [fontname="Helvetica", fontsize=11, style="rounded,filled", shape=box, fillcolor="#f4f4f5", color="#71717a"];',
    'edge [fontname="Helvetica", fontsize=9, color="#71717a"];',
    ...worlds(graph),
    ...networks.map(networkNode),
    ...graph.Containers.map((one) => containerNode(one, graph, attached.has(one.Id))),
    ...graph.Containers.flatMap(portEdges),
    ...ends.map(({ network, container, endpoint }) => {
      const addresses = [endpoint.IPv4, endpoint.IPv6].filter(Boolean).join("\n");
      const isWayOut = endpoint.Gateway && network.Outbound;
      return edge(containerId(container), networkId(network), addresses, isWayOut ? {} : { dir: "none" });
    }),
    ...networks
      .filter(({ Outbound }) => Outbound)
      .map((one) => edge(networkId(one), "outside", "", { style: "dashed" })),
  ];
  return `digraph networks {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}

/** Where connections come from and go to beyond the containers, as far as there are such. */
function worlds({ Networks, Containers }: NetworkGraph): string[] {
  const ports = Containers.flatMap(({ Ports }) => Ports);
  const world = (id: string, label: string) => node(id, label, { shape: "ellipse", fillcolor: "#fef3c7" });
  return [
    ...(ports.some(({ External }) => External) ? [world("others", "other machines")] : []),
    ...(ports.some(({ External }) => !External) ? [world("host", "this host")] : []),
    ...(Networks.some((one) => isAttachable(one) && one.Outbound) ? [world("outside", "outside")] : []),
  ];
}

function networkNode(network: GraphNetwork): string {
  const about = [network.Name, network.Driver, ...network.Subnets, ...networkTraits(network)];
  const border = network.Internal ? { style: "rounded,filled,dashed" } : {};
  return node(networkId(network), about.join("\n"), { fillcolor: "#dbeafe", ...border });
}

function containerNode(container: GraphContainer, graph: NetworkGraph, isAttached: boolean): string {
  const about = [
    container.Name,
    ...(container.Running ? [] : ["stopped"]),
    ...(isAttached ? [] : [modeText(container, graph)]),
  ];
  const fill = container.Running ? { fillcolor: "#dcfce7" } : {};
  return node(containerId(container), about.join("\n"), fill);
}

function portEdges(container: GraphContainer): string[] {
  return container.Ports.map((port) =>
    edge(port.External ? "others" : "host", containerId(container), portText(port), {
      ...(port.External ? { color: "#b45309" } : {}),
    }),
  );
}

const networkId = ({ Id }: GraphNetwork) => `network ${Id}`;
const containerId = ({ Id }: GraphContainer) => `container ${Id}`;

const node = (id: string, label: string, attributes: Record<string, string>) =>
  `${quoted(id)} ${list({ label, ...attributes })};`;

const edge = (from: string, to: string, label: string, attributes: Record<string, string>) =>
  `${quoted(from)} -> ${quoted(to)} ${list({ ...(label === "" ? {} : { label }), ...attributes })};`;

const list = (attributes: Record<string, string>) =>
  `[${Object.entries(attributes)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(", ")}]`;

/** A string of the DOT language; in labels a backslash begins an escape. */
const quoted = (text: string) =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
