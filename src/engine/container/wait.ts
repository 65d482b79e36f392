import type * as api from "../../api/index.ts";
import type { WaitCondition } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { isRunning } from "./status.ts";
import type { WaitResult } from "./waiters.ts";

/** Answers a promise of the container's exit: who asks is told when it happens, and gets the real code. */
export function waitContainer(
  engine: EngineContext,
  ref: string,
  condition: WaitCondition,
  signal: AbortSignal,
): { result: Promise<api.ContainerWaitResponse> } {
  const departed = condition === "next-exit" ? undefined : engine.containers.lastState(ref);
  if (departed !== undefined) return { result: Promise.resolve(response(departed)) };
  const container = engine.containers.find(ref);
  const { state } = container.record;
  if (condition === "not-running" && !isRunning(container.record) && state.status !== "starting") {
    return { result: Promise.resolve(response({ exitCode: state.exitCode, error: state.error })) };
  }
  return { result: container.waiters.wait(condition, signal).then(response) };
}

function response({ exitCode, error }: WaitResult): api.ContainerWaitResponse {
  return { StatusCode: exitCode, ...(error === "" ? {} : { Error: { Message: error } }) };
}
