import type { ContainerWaitResponse } from "../../api/index.ts";
import { type Client, text } from "../client.ts";
import { containerPath } from "./path.ts";

/** Resolves when the engine waits (what happens from then on is not missed) with the promise of the result. */
export async function waitContainer(
  client: Client,
  ref: string,
  condition: "not-running" | "next-exit" | "removed",
  signal?: AbortSignal,
): Promise<{ result: Promise<ContainerWaitResponse> }> {
  const path = containerPath(ref, "wait");
  const response = await client.request({ method: "POST", path, query: { condition }, signal });
  return { result: text(response.body).then((body) => JSON.parse(body) as ContainerWaitResponse) };
}
