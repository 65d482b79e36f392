import { type Client, text } from "../client.ts";

export interface PingResponse {
  apiVersion: string | undefined;
  osType: string | undefined;
}

/** Throws `unavailable` when nobody answers. */
export async function ping(client: Client, signal?: AbortSignal): Promise<PingResponse> {
  const response = await client.request({ method: "GET", path: "/_ping", signal });
  await text(response.body);
  return { apiVersion: response.headers.get("api-version"), osType: response.headers.get("ostype") };
}
