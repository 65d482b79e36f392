import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export function pauseContainer(client: Client, ref: string): Promise<void> {
  return client.call({ method: "POST", path: containerPath(ref, "pause") });
}
