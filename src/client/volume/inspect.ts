import type { Volume } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function inspectVolume(client: Client, name: string): Promise<Volume> {
  return client.json({ method: "GET", path: `/volumes/${encodeURIComponent(name)}` });
}
