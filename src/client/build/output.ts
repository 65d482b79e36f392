import type { Client } from "../client.ts";

/** What an output of a build that is under way has for us, a tar archive; once. */
export async function buildOutput(
  client: Client,
  build: string,
  index: number,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const response = await client.request({
    method: "GET",
    path: `/builds/${build}/outputs`,
    query: { index },
    signal,
  });
  return response.body;
}
