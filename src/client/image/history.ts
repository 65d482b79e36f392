import type { ImageHistoryItem } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { imagePath } from "./path.ts";

export function imageHistory(client: Client, ref: string): Promise<ImageHistoryItem[]> {
  return client.json({ method: "GET", path: imagePath(ref, "history") });
}
