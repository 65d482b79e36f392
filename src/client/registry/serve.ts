import type { RegistryServeMessage, RegistryServeRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { jsonLines } from "../lines.ts";

/**
 * Makes the engine a registry until the stream, or its signal, ends; resolves when it listens. The stream tells where,
 * and then each request. Slipway's own endpoint.
 */
export async function serveRegistry(
  client: Client,
  request: RegistryServeRequest,
  signal?: AbortSignal,
): Promise<AsyncIterable<RegistryServeMessage>> {
  const body = { json: request };
  const response = await client.request({ method: "POST", path: "/registry/serve", body, signal });
  return jsonLines<RegistryServeMessage>(response.body);
}
