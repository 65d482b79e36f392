import type { Filters, NetworksPruneResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function pruneNetworks(client: Client, filters?: Filters): Promise<NetworksPruneResponse> {
  const query = { filters: encodeFilters(filters) };
  return client.json({ method: "POST", path: "/networks/prune", query });
}
