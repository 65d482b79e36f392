import type { ProgressMessage } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { progress } from "../lines.ts";
import { type PlatformQuery, platformQuery } from "./platform.ts";

/** Loads a Docker archive or an OCI layout; throws the engine's failure, also one amid the stream. */
export async function* loadImages(
  client: Client,
  archive: AsyncIterable<Uint8Array>,
  options: { quiet?: boolean; platform?: PlatformQuery | undefined } = {},
  signal?: AbortSignal,
): AsyncGenerator<ProgressMessage> {
  const body = { stream: archive };
  const response = await client.request({
    method: "POST",
    path: "/images/load",
    query: { quiet: options.quiet, platform: platformQuery(options.platform) },
    body,
    signal,
  });
  yield* progress(response.body);
}
