import type { NetworkDisconnectRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { networkPath } from "./path.ts";

export function disconnectNetwork(
  client: Client,
  ref: string,
  request: NetworkDisconnectRequest,
): Promise<void> {
  return client.call({ method: "POST", path: networkPath(ref, "disconnect"), body: { json: request } });
}
