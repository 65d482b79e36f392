import type { Filters, NetworkInspect } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function listNetworks(client: Client, filters?: Filters): Promise<NetworkInspect[]> {
  return client.json({ method: "GET", path: "/networks", query: { filters: encodeFilters(filters) } });
}
