import type { ContainerConfig, IdResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";

export interface CommitContainerOptions {
  repo?: string | undefined;
  tag?: string | undefined;
  comment?: string | undefined;
  author?: string | undefined;
  pause?: boolean;
  /** Dockerfile instructions. */
  changes?: string[] | undefined;
  config?: ContainerConfig | undefined;
}

export function commitContainer(
  client: Client,
  container: string,
  options: CommitContainerOptions = {},
): Promise<IdResponse> {
  const { config, ...query } = options;
  return client.json({
    method: "POST",
    path: "/commit",
    query: { container, ...query },
    body: { json: config ?? {} },
  });
}
