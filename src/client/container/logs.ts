import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export interface ContainerLogsOptions {
  stdout: boolean;
  stderr: boolean;
  follow?: boolean;
  /** Unix seconds with an optional fraction, RFC3339, or a duration before now. */
  since?: string | undefined;
  until?: string | undefined;
  /** A number of lines, or `all`. */
  tail?: string | undefined;
  timestamps?: boolean;
  details?: boolean;
}

/** The log's bytes; `multiplexed` ones are to be taken apart with api's StdcopyDecoder. */
export async function containerLogs(
  client: Client,
  ref: string,
  options: ContainerLogsOptions,
  signal?: AbortSignal,
): Promise<{ framing: "raw" | "multiplexed"; chunks: AsyncIterable<Uint8Array> }> {
  const path = containerPath(ref, "logs");
  const response = await client.request({ method: "GET", path, query: { ...options }, signal });
  const multiplexed = response.headers.get("content-type")?.includes("multiplexed") ?? false;
  return { framing: multiplexed ? "multiplexed" : "raw", chunks: response.body };
}
