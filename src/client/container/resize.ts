import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

/** Sets the size of a container's terminal, in characters. */
export function resizeContainer(
  client: Client,
  ref: string,
  size: { height: number; width: number },
): Promise<void> {
  const query = { h: size.height, w: size.width };
  return client.call({ method: "POST", path: containerPath(ref, "resize"), query });
}
