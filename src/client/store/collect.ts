import type { CollectReport } from "../../api/index.ts";
import type { Client } from "../client.ts";

export interface CollectStoreOptions {
  dryRun?: boolean | undefined;
  /** `20%`, or a size such as `20GB`. */
  free?: string | undefined;
  unused?: boolean | undefined;
}

/** Makes room on the data root's disk. Slipway's own endpoint. */
export function collectStore(
  client: Client,
  { dryRun, free, unused }: CollectStoreOptions,
  signal?: AbortSignal,
): Promise<CollectReport> {
  const query = { "dry-run": dryRun, free, unused };
  return client.json({ method: "POST", path: "/system/gc", query, signal });
}
