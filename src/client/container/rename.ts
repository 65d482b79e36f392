import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export function renameContainer(client: Client, ref: string, name: string): Promise<void> {
  return client.call({ method: "POST", path: containerPath(ref, "rename"), query: { name } });
}
