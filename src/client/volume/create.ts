import type { Volume, VolumeCreateRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function createVolume(client: Client, request: VolumeCreateRequest): Promise<Volume> {
  return client.json({ method: "POST", path: "/volumes/create", body: { json: request } });
}
