import type { AuthConfig, ProgressMessage } from "../../api/index.ts";
import { authHeader } from "../auth.ts";
import type { Client } from "../client.ts";
import { progress } from "../lines.ts";
import { imagePath } from "./path.ts";

export interface PushImageOptions {
  /** Without it all tags of the repository go. */
  tag?: string | undefined;
  /** Of an image for several platforms only this one. */
  platform?: { os: string; architecture: string; variant?: string } | undefined;
  auth?: AuthConfig | undefined;
}

/** Uploads an image to its registry; throws the engine's failure, also one amid the stream. */
export async function* pushImage(
  client: Client,
  repository: string,
  { tag, platform, auth }: PushImageOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<ProgressMessage> {
  const response = await client.request({
    method: "POST",
    path: imagePath(repository, "push"),
    query: { tag, platform: platform === undefined ? undefined : JSON.stringify(platform) },
    headers: authHeader(auth),
    signal,
  });
  yield* progress(response.body);
}
