import type { ImageInspect } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { imagePath } from "./path.ts";
import { type PlatformQuery, platformQuery } from "./platform.ts";

/** With `manifests` all that the image has for several platforms; with a platform the image for that. */
export function inspectImage(
  client: Client,
  ref: string,
  options: { platform?: PlatformQuery | undefined; manifests?: boolean } = {},
): Promise<ImageInspect> {
  const query = { platform: platformQuery(options.platform), manifests: options.manifests };
  return client.json({ method: "GET", path: imagePath(ref, "json"), query });
}
