import type { InfoResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function info(client: Client): Promise<InfoResponse> {
  return client.json({ method: "GET", path: "/info" });
}
