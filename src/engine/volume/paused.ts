import { messageOf } from "../../errors/index.ts";
import type { Container } from "../container/container.ts";
import { pause, unpause } from "../container/pause.ts";
import type { EngineContext } from "../context.ts";

/**
 * Does something while the running containers that use a volume are paused, if that is wanted. Those that were paused
 * before stay so. When the engine is killed meanwhile, they stay paused until somebody unpauses them.
 */
export async function whilePaused<T>(
  engine: EngineContext,
  volume: string,
  wanted: boolean,
  work: () => Promise<T>,
): Promise<T> {
  const paused: Container[] = [];
  try {
    if (wanted) await pauseUsers(engine, volume, paused);
    return await work();
  } finally {
    for (const container of paused) await resume(engine, container);
  }
}

async function pauseUsers(engine: EngineContext, volume: string, paused: Container[]): Promise<void> {
  for (const id of engine.containers.usersOfVolume(volume)) {
    const container = engine.containers.get(id);
    await container?.mutex.run(async () => {
      if (container.record.state.status !== "running") return;
      await pause(engine, container);
      paused.push(container);
    });
  }
}

/** It may have been killed, or unpaused by somebody, in the meantime. One that fails does not keep the others paused. */
async function resume(engine: EngineContext, container: Container): Promise<void> {
  try {
    await container.mutex.run(async () => {
      if (container.record.state.status === "paused") await unpause(engine, container);
    });
  } catch (error) {
    engine.log("error", `cannot unpause container ${container.id}: ${messageOf(error)}`);
  }
}
