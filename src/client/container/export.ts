import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

/** The container's file system as a tar archive. */
export async function exportContainer(
  client: Client,
  ref: string,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  return (await client.request({ method: "GET", path: containerPath(ref, "export"), signal })).body;
}
