import type { BuildCacheRecord, BuildPruneOptions, BuildPruneResponse, Filters } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function pruneBuildCache(
  client: Client,
  { dryRun, all, filters, reservedSpace, maxUsedSpace, minFreeSpace }: BuildPruneOptions,
): Promise<BuildPruneResponse> {
  const query = {
    "dry-run": dryRun,
    all,
    filters: encodeFilters(filters),
    "reserved-space": reservedSpace,
    "max-used-space": maxUsedSpace,
    "min-free-space": minFreeSpace,
  };
  return client.json({ method: "POST", path: "/build/prune", query });
}

export function buildCache(client: Client, filters: Filters): Promise<BuildCacheRecord[]> {
  return client.json({ method: "GET", path: "/build/cache", query: { filters: encodeFilters(filters) } });
}
