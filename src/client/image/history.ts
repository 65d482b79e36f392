import type { ImageHistoryItem } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { imagePath } from "./path.ts";
import { type PlatformQuery, platformQuery } from "./platform.ts";

export function imageHistory(
  client: Client,
  ref: string,
  options: { platform?: PlatformQuery | undefined } = {},
): Promise<ImageHistoryItem[]> {
  const query = { platform: platformQuery(options.platform) };
  return client.json({ method: "GET", path: imagePath(ref, "history"), query });
}
