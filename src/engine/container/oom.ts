import type { EngineContext } from "../context.ts";
import { cgroupOf } from "./cgroup.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";

/**
 * Notices when processes of the container are killed for want of memory. Under version 1 of control groups
 * that happens only to those with a limit. `held` is what a former engine's watch left.
 */
export function watchMemory(engine: EngineContext, container: Container, held?: number): void {
  const { record } = container;
  if (container.oom !== undefined) return;
  if (engine.cgroups.version === 1 && !record.hostConfig.Memory) return;
  const onKill = () => {
    record.state.oomKilled = true;
    // The next engine cannot know what this one has been told.
    engine.containers.save(container);
    emit(engine, container, "oom");
  };
  container.oom = engine.cgroups.watchOom(cgroupOf(engine, record), onKill, held);
}

/** Notices what happened to a container that ended while no engine was there: its end asks the watch. */
export function watchEndedMemory(engine: EngineContext, container: Container, held?: number): void {
  // Version 1 has forgotten everything else with the group.
  if (held !== undefined || engine.cgroups.version === 2) watchMemory(engine, container, held);
}

/** Ends the watch. Whether anything was killed is in the record when this resolves. */
export async function endMemoryWatch(container: Container): Promise<void> {
  const { oom } = container;
  container.oom = undefined;
  if (oom === undefined) return;
  if (await oom.happened()) container.record.state.oomKilled = true;
  oom.close();
}
