import type { VersionResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function version(client: Client): Promise<VersionResponse> {
  return client.json({ method: "GET", path: "/version" });
}
