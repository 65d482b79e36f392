import type { Client } from "../client.ts";

export function resizeExec(
  client: Client,
  id: string,
  size: { height: number; width: number },
): Promise<void> {
  const query = { h: size.height, w: size.width };
  return client.call({ method: "POST", path: `/exec/${id}/resize`, query });
}
