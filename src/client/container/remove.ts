import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export function removeContainer(
  client: Client,
  ref: string,
  options: { volumes?: boolean; force?: boolean; link?: boolean } = {},
): Promise<void> {
  const query = { v: options.volumes, force: options.force, link: options.link };
  return client.call({ method: "DELETE", path: containerPath(ref, ""), query });
}
