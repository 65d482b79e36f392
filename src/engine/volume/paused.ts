import { messageOf } from "../../errors/index.ts";
import type { Container } from "../container/container.ts";
import { pause, unpause } from "../container/pause.ts";
import { runtimeOf } from "../container/runtime-of.ts";
import type { EngineContext } from "../context.ts";

/**
 * Does something while the running containers that use a volume are paused, if that is wanted. Those that were paused
 * before stay so. When the engine is killed meanwhile, the next one lets them go on.
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
      // Written first: an engine that is killed in between leaves a frozen container that is said to run.
      container.record.state.pausedForWork = true;
      engine.containers.save(container);
      paused.push(container);
      await pause(engine, container);
    });
  }
}

/** At the engine's start, for one that the last engine had paused. */
export async function resumeAbandoned(engine: EngineContext, container: Container): Promise<void> {
  const { record } = container;
  if (!record.state.pausedForWork) return;
  if (record.state.status === "running")
    await engine.background.attempt(`unfreeze container ${record.id}`, () =>
      runtimeOf(engine, record).resume(record.id),
    );
  await resume(engine, container);
}

/** It may have been killed, or unpaused by somebody, in the meantime. One that fails does not keep the others paused. */
async function resume(engine: EngineContext, container: Container): Promise<void> {
  try {
    await container.mutex.run(async () => {
      const { state } = container.record;
      if (state.status === "paused") await unpause(engine, container);
      delete state.pausedForWork;
      engine.containers.save(container);
    });
  } catch (error) {
    engine.log("error", `cannot unpause container ${container.id}: ${messageOf(error)}`);
  }
}
