import type { Filters, VolumeListResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function listVolumes(client: Client, filters?: Filters): Promise<VolumeListResponse> {
  return client.json({ method: "GET", path: "/volumes", query: { filters: encodeFilters(filters) } });
}
