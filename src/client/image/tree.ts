import type { ImageTree } from "../../api/index.ts";
import type { Client } from "../client.ts";

/** Which images share which layers. Slipway's own endpoint. */
export function imageTree(client: Client): Promise<ImageTree> {
  return client.json({ method: "GET", path: "/images/tree" });
}
