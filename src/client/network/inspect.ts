import type { NetworkInspect } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function inspectNetwork(
  client: Client,
  ref: string,
  query: { verbose?: boolean | undefined } = {},
): Promise<NetworkInspect> {
  return client.json({ method: "GET", path: `/networks/${encodeURIComponent(ref)}`, query });
}
