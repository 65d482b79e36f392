import type { ContainerWaitResponse } from "../../api/index.ts";
import type { WaitCondition } from "../../engine/backend.ts";
import { asSlipwayError, invalid } from "../../errors/index.ts";
import type { Exchange } from "../http/exchange.ts";

const conditions: readonly string[] = ["not-running", "next-exit", "removed"];

/** Sends the head when the engine waits: a client starts the container only after it. */
export async function wait(exchange: Exchange): Promise<void> {
  const { backend, name, query, version, response, signal } = exchange;
  const condition = (version.since(30) ? query.string("condition") : undefined) ?? "not-running";
  if (!conditions.includes(condition)) throw invalid(`invalid condition: "${condition}"`);
  const waiting = await backend.containers.wait(name, condition as WaitCondition, signal);
  if (version.before(30)) {
    exchange.json(await waiting.result);
    return;
  }
  exchange.begin("application/json");
  const result = await waiting.result.catch(failedWait);
  if (!response.destroyed) response.end(`${JSON.stringify(result)}\n`);
}

/** Docker's answer when the head is gone already: -1 and why. */
function failedWait(thrown: unknown): ContainerWaitResponse {
  return { StatusCode: -1, Error: { Message: asSlipwayError(thrown).message } };
}
