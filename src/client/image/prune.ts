import type { Filters, ImagesPruneResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function pruneImages(client: Client, filters?: Filters): Promise<ImagesPruneResponse> {
  const query = { filters: encodeFilters(filters) };
  return client.json({ method: "POST", path: "/images/prune", query });
}
