import type { ContainerCreateRequest, ContainerCreateResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";

export function createContainer(
  client: Client,
  request: ContainerCreateRequest,
  options: { name?: string | undefined; platform?: string | undefined } = {},
): Promise<ContainerCreateResponse> {
  return client.json({ method: "POST", path: "/containers/create", query: options, body: { json: request } });
}
