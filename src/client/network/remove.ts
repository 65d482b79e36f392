import type { Client } from "../client.ts";
import { networkPath } from "./path.ts";

export function removeNetwork(client: Client, ref: string): Promise<void> {
  return client.call({ method: "DELETE", path: networkPath(ref) });
}
