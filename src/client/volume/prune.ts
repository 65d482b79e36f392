import type { Filters, VolumesPruneResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function pruneVolumes(client: Client, filters?: Filters): Promise<VolumesPruneResponse> {
  const query = { filters: encodeFilters(filters) };
  return client.json({ method: "POST", path: "/volumes/prune", query });
}
