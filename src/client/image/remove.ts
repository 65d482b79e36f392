import type { ImageDeleteItem } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { imagePath } from "./path.ts";

export function removeImage(
  client: Client,
  ref: string,
  options: { force?: boolean; noprune?: boolean } = {},
): Promise<ImageDeleteItem[]> {
  return client.json({ method: "DELETE", path: imagePath(ref, ""), query: options });
}
