import type { DiskUsageResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function diskUsage(
  client: Client,
  types?: ("container" | "image" | "volume" | "build-cache")[],
): Promise<DiskUsageResponse> {
  return client.json({ method: "GET", path: "/system/df", query: { type: types } });
}
