import type { Client } from "../client.ts";
import { imagePath } from "./path.ts";

export function tagImage(client: Client, ref: string, repo: string, tag?: string): Promise<void> {
  return client.call({ method: "POST", path: imagePath(ref, "tag"), query: { repo, tag } });
}
