import type { Client } from "../client.ts";
import { type PlatformQuery, platformQuery } from "./platform.ts";

/** A Docker archive of the images, with a platform of what they have for that alone. */
export async function saveImages(
  client: Client,
  refs: string[],
  options: { platform?: PlatformQuery | undefined } = {},
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const query = { names: refs, platform: platformQuery(options.platform) };
  return (await client.request({ method: "GET", path: "/images/get", query, signal })).body;
}
