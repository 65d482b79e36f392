import type { ProgressMessage } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { progress } from "../lines.ts";

export interface BootstrapImageOptions {
  /** The image's name, when it shall have another than what it is made from. */
  tag?: string | undefined;
  /** `minbase`, `slim` or `buildd`. */
  variant?: string | undefined;
  /** URL of the distribution's archive. */
  mirror?: string | undefined;
  /** Packages to install, too. */
  include?: string[];
}

/**
 * Makes a base image without a registry: `debian:bookworm`, `ubuntu:24.04`, `busybox`. Slipway's own endpoint; the last
 * message's status is the image's ID.
 */
export async function* bootstrapImage(
  client: Client,
  ref: string,
  options: BootstrapImageOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<ProgressMessage> {
  const { tag, ...query } = options;
  const response = await client.request({
    method: "POST",
    path: "/images/bootstrap",
    query: { ref, t: tag, ...query },
    signal,
  });
  yield* progress(response.body);
}
