import type { StoreUsage } from "../../api/index.ts";
import type { Client } from "../client.ts";

/** What the data root takes of the disk. Slipway's own endpoint: `notFound` where Docker's engine answers. */
export function storeUsage(client: Client): Promise<StoreUsage> {
  return client.json({ method: "GET", path: "/system/store" });
}
