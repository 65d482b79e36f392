import type { ExecInspect } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function inspectExec(client: Client, id: string): Promise<ExecInspect> {
  return client.json({ method: "GET", path: `/exec/${id}/json` });
}
