import type { ContainerStats } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { jsonLines } from "../lines.ts";
import { containerPath } from "./path.ts";

/** One sample, or with `stream` one each second until the signal or the container's end. */
export async function containerStats(
  client: Client,
  ref: string,
  options: { stream: boolean; oneShot?: boolean },
  signal?: AbortSignal,
): Promise<AsyncIterable<ContainerStats>> {
  const query = { stream: options.stream, "one-shot": options.oneShot };
  const response = await client.request({ method: "GET", path: containerPath(ref, "stats"), query, signal });
  return jsonLines<ContainerStats>(response.body);
}
