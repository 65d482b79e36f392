import type { ProgressMessage } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { progress } from "../lines.ts";

export interface ImportImageOptions {
  repo?: string | undefined;
  tag?: string | undefined;
  message?: string | undefined;
  /** Dockerfile instructions. */
  changes?: string[] | undefined;
  platform?: string | undefined;
}

/** Makes an image of one layer from a tar archive, or from one that the engine fetches from a URL. */
export async function* importImage(
  client: Client,
  source: AsyncIterable<Uint8Array> | string,
  options: ImportImageOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<ProgressMessage> {
  const remote = typeof source === "string";
  const response = await client.request({
    method: "POST",
    path: "/images/create",
    query: { fromSrc: remote ? source : "-", ...options },
    ...(remote ? {} : { body: { stream: source } }),
    signal,
  });
  yield* progress(response.body);
}
