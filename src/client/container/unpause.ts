import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export function unpauseContainer(client: Client, ref: string): Promise<void> {
  return client.call({ method: "POST", path: containerPath(ref, "unpause") });
}
