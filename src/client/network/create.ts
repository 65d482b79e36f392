import type { NetworkCreateRequest, NetworkCreateResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function createNetwork(client: Client, request: NetworkCreateRequest): Promise<NetworkCreateResponse> {
  return client.json({ method: "POST", path: "/networks/create", body: { json: request } });
}
