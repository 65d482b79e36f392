import type { Client } from "../client.ts";

/** A Docker archive of the images. */
export async function saveImages(
  client: Client,
  refs: string[],
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  return (await client.request({ method: "GET", path: "/images/get", query: { names: refs }, signal })).body;
}
