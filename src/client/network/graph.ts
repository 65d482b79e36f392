import type { NetworkGraph } from "../../api/index.ts";
import type { Client } from "../client.ts";

/** Networks, containers, ports and who reaches whom. Slipway's own endpoint; `draw` tells it from a network's name. */
export function networkGraph(client: Client): Promise<NetworkGraph> {
  return client.json({ method: "GET", path: "/networks/graph", query: { draw: true } });
}
