import type { NetworkConnectRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { networkPath } from "./path.ts";

export function connectNetwork(client: Client, ref: string, request: NetworkConnectRequest): Promise<void> {
  return client.call({ method: "POST", path: networkPath(ref, "connect"), body: { json: request } });
}
