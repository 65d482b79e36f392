import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";
import type { StopOptions } from "./stop.ts";

export function restartContainer(client: Client, ref: string, options: StopOptions = {}): Promise<void> {
  const query = { t: options.timeout, signal: options.signal };
  return client.call({ method: "POST", path: containerPath(ref, "restart"), query });
}
