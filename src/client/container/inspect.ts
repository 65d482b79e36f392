import type { ContainerInspect } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export function inspectContainer(
  client: Client,
  ref: string,
  options: { size?: boolean } = {},
): Promise<ContainerInspect> {
  return client.json({ method: "GET", path: containerPath(ref, "json"), query: options });
}
