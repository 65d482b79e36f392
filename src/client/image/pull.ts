import type { AuthConfig, ProgressMessage } from "../../api/index.ts";
import { authHeader } from "../auth.ts";
import type { Client } from "../client.ts";
import { progress } from "../lines.ts";

export interface PullImageOptions {
  /** A tag or a digest; without it all tags of the repository come. */
  tag?: string | undefined;
  /** `os/architecture[/variant]`. */
  platform?: string | undefined;
  auth?: AuthConfig | undefined;
}

/** Downloads an image from a registry; throws the engine's failure, also one amid the stream. */
export async function* pullImage(
  client: Client,
  repository: string,
  options: PullImageOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<ProgressMessage> {
  const { auth, ...query } = options;
  const response = await client.request({
    method: "POST",
    path: "/images/create",
    query: { fromImage: repository, ...query },
    headers: authHeader(auth),
    signal,
  });
  yield* progress(response.body);
}
