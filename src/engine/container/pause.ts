import { conflict, messageOf, systemError } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { requireProcess, requireRunning } from "./require.ts";
import { runtimeOf } from "./runtime-of.ts";

/** `pause`: freezes every process of the container. */
export async function pauseContainer(engine: EngineContext, ref: string): Promise<void> {
  const container = engine.containers.find(ref);
  await container.mutex.run(() => pause(engine, container));
}

/** The container's mutex is held. */
export async function pause(engine: EngineContext, container: Container): Promise<void> {
  const { record } = container;
  requireRunning(container);
  if (record.state.status === "paused") throw conflict(`container ${record.id} is already paused`);
  requireProcess(container);
  try {
    await runtimeOf(engine, record).pause(record.id);
  } catch (cause) {
    throw systemError(`cannot pause container ${record.id}: ${messageOf(cause)}`, { cause });
  }
  record.state.status = "paused";
  container.monitor?.stop();
  engine.containers.save(container);
  emit(engine, container, "pause");
}

/** `unpause`: lets a frozen container go on. */
export async function unpauseContainer(engine: EngineContext, ref: string): Promise<void> {
  const container = engine.containers.find(ref);
  await container.mutex.run(() => unpause(engine, container));
}

/** The container's mutex is held. */
export async function unpause(engine: EngineContext, container: Container): Promise<void> {
  const { record } = container;
  if (record.state.status !== "paused") throw conflict(`Container ${record.id} is not paused`);
  try {
    await runtimeOf(engine, record).resume(record.id);
  } catch (cause) {
    throw systemError(`Cannot unpause container ${record.id}: ${messageOf(cause)}`, { cause });
  }
  record.state.status = "running";
  delete record.state.pausedForWork;
  container.monitor?.start();
  engine.containers.save(container);
  emit(engine, container, "unpause");
}
