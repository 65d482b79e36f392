import type { ImageDeleteItem } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { imagePath } from "./path.ts";
import { type PlatformQuery, platformQuery } from "./platform.ts";

/** With platforms only what the image has for these. */
export function removeImage(
  client: Client,
  ref: string,
  options: { force?: boolean; noprune?: boolean; platforms?: PlatformQuery[] } = {},
): Promise<ImageDeleteItem[]> {
  const { platforms = [], ...rest } = options;
  const query = { ...rest, platforms: platforms.flatMap((platform) => platformQuery(platform) ?? []) };
  return client.json({ method: "DELETE", path: imagePath(ref, ""), query });
}
