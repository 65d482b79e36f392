import type { PortsUpdateRequest, PortsUpdateResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

/** Changes what a container publishes, while it runs too. Slipway's own endpoint. */
export function updateContainerPorts(
  client: Client,
  ref: string,
  request: PortsUpdateRequest,
): Promise<PortsUpdateResponse> {
  return client.json({ method: "POST", path: containerPath(ref, "ports"), body: { json: request } });
}
