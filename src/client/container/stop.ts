import type { Client } from "../client.ts";
import { unlessNotModified } from "../not-modified.ts";
import { containerPath } from "./path.ts";

export interface StopOptions {
  /** Seconds until SIGKILL; -1 waits for ever; absent: the container's own. */
  timeout?: number | undefined;
  signal?: string | undefined;
}

/** Answers false when the container was not running. */
export function stopContainer(client: Client, ref: string, options: StopOptions = {}): Promise<boolean> {
  const query = { t: options.timeout, signal: options.signal };
  return unlessNotModified(client.call({ method: "POST", path: containerPath(ref, "stop"), query }));
}
