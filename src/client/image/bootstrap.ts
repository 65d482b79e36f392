import type { ProgressMessage } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { progress } from "../lines.ts";

/** Makes a base image from the host's packages: `debian:bookworm`, `busybox`. Slipway's own endpoint. */
export async function* bootstrapImage(
  client: Client,
  ref: string,
  signal?: AbortSignal,
): AsyncGenerator<ProgressMessage> {
  const response = await client.request({
    method: "POST",
    path: "/images/bootstrap",
    query: { ref },
    signal,
  });
  yield* progress(response.body);
}
