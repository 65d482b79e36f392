import type { ContainersPruneResponse, Filters } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function pruneContainers(client: Client, filters?: Filters): Promise<ContainersPruneResponse> {
  const query = { filters: encodeFilters(filters) };
  return client.json({ method: "POST", path: "/containers/prune", query });
}
