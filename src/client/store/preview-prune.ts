import type { Filters, PrunePreview } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

/** What prunes would delete. Slipway's own endpoint, and one that an engine without it cannot take for the deed. */
export function previewPrune(
  client: Client,
  types: readonly ("container" | "image" | "network" | "volume")[],
  filters?: Filters,
): Promise<PrunePreview> {
  const query = { type: [...types], filters: encodeFilters(filters) };
  return client.json({ method: "GET", path: "/system/prune", query });
}
