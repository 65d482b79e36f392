import type { Filters, ImageSummary } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export function listImages(
  client: Client,
  options: { all?: boolean; filters?: Filters; sharedSize?: boolean; manifests?: boolean } = {},
): Promise<ImageSummary[]> {
  const { all, filters, sharedSize, manifests } = options;
  const query = { all, filters: encodeFilters(filters), "shared-size": sharedSize, manifests };
  return client.json({ method: "GET", path: "/images/json", query });
}
