import type { Client } from "../client.ts";
import { type HijackedStream, hijack } from "../hijack.ts";
import { containerPath } from "./path.ts";

export interface ContainerAttachOptions {
  stdin?: boolean;
  stdout?: boolean;
  stderr?: boolean;
  /** Replay what the log has. */
  logs?: boolean;
  /** Go on with what comes. */
  stream?: boolean;
  detachKeys?: string | undefined;
}

export function attachContainer(
  client: Client,
  ref: string,
  options: ContainerAttachOptions,
  signal?: AbortSignal,
): Promise<HijackedStream> {
  const path = containerPath(ref, "attach");
  return hijack(client, { method: "POST", path, query: { ...options }, signal });
}
