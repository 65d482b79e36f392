import type { Client } from "../client.ts";

export function removeVolume(client: Client, name: string, options: { force?: boolean } = {}): Promise<void> {
  return client.call({ method: "DELETE", path: `/volumes/${encodeURIComponent(name)}`, query: options });
}
