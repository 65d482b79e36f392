import type { NetworkDoctorReport, NetworkDoctorRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";

/** Tests the path from a container to a target hop by hop. Slipway's own endpoint. */
export function diagnoseNetwork(
  client: Client,
  request: NetworkDoctorRequest,
  signal?: AbortSignal,
): Promise<NetworkDoctorReport> {
  return client.json({ method: "POST", path: "/networks/doctor", body: { json: request }, signal });
}
