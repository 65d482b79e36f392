import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

/** Sends a signal, by name or number; SIGKILL when absent. */
export function killContainer(client: Client, ref: string, signal?: string): Promise<void> {
  return client.call({ method: "POST", path: containerPath(ref, "kill"), query: { signal } });
}
