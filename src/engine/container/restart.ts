import type { EngineContext } from "../context.ts";
import { emit } from "./events.ts";
import { startContainer } from "./start.ts";
import { isRunning } from "./status.ts";
import { type StopOptions, stop } from "./stop.ts";

/** `restart`: stops the container if it runs, and starts it. Auto-remove does not see the stop. */
export async function restartContainer(
  engine: EngineContext,
  ref: string,
  options: StopOptions,
): Promise<void> {
  const container = engine.containers.find(ref);
  container.restartedByUser = true;
  try {
    if (isRunning(container.record)) await stop(engine, container, options, {});
    await startContainer(engine, container.id);
  } finally {
    container.restartedByUser = false;
  }
  emit(engine, container, "restart");
}
