import type { ExecStartRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { type HijackedStream, hijack } from "../hijack.ts";

/** Starts an exec with its streams connected. */
export function startExec(
  client: Client,
  id: string,
  request: ExecStartRequest,
  signal?: AbortSignal,
): Promise<HijackedStream> {
  const body = { json: { ...request, Detach: false } };
  return hijack(client, { method: "POST", path: `/exec/${id}/start`, body, signal });
}

/** Starts an exec and leaves it to itself. */
export function startExecDetached(client: Client, id: string, request: ExecStartRequest): Promise<void> {
  const body = { json: { ...request, Detach: true } };
  return client.call({ method: "POST", path: `/exec/${id}/start`, body });
}
