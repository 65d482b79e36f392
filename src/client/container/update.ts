import type { ContainerUpdateRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export function updateContainer(
  client: Client,
  ref: string,
  request: ContainerUpdateRequest,
): Promise<{ Warnings: string[] | null }> {
  return client.json({ method: "POST", path: containerPath(ref, "update"), body: { json: request } });
}
