import type { ExecCreateRequest, IdResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { containerPath } from "../container/path.ts";

export function createExec(
  client: Client,
  container: string,
  request: ExecCreateRequest,
): Promise<IdResponse> {
  return client.json({ method: "POST", path: containerPath(container, "exec"), body: { json: request } });
}
