import type { EngineContext } from "../context.ts";
import { cgroupOf } from "./cgroup.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";

/**
 * Notices when processes of the container are killed for want of memory. Under version 1 of control groups
 * that happens only to those with a limit.
 */
export function watchMemory(engine: EngineContext, container: Container): void {
  const { record } = container;
  if (container.oom !== undefined) return;
  if (engine.cgroups.version === 1 && !record.hostConfig.Memory) return;
  container.oom = engine.cgroups.watchOom(cgroupOf(engine, record), () => {
    record.state.oomKilled = true;
    emit(engine, container, "oom");
  });
}

/** Ends the watch. Whether anything was killed is in the record when this resolves. */
export async function endMemoryWatch(container: Container): Promise<void> {
  const { oom } = container;
  container.oom = undefined;
  if (oom === undefined) return;
  if (await oom.happened()) container.record.state.oomKilled = true;
  oom.close();
}
