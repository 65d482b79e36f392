import type { ContainerSummary, Filters } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function listContainers(
  client: Client,
  options: { all?: boolean; limit?: number | undefined; size?: boolean; filters?: Filters } = {},
): Promise<ContainerSummary[]> {
  const query = { ...options, filters: encodeFilters(options.filters) };
  return client.json({ method: "GET", path: "/containers/json", query });
}
