import type * as api from "../../api/index.ts";
import { listProcesses } from "../../os/ps.ts";
import type { EngineContext } from "../context.ts";
import { emit } from "./events.ts";
import { requireProcess } from "./require.ts";
import { runtimeOf } from "./runtime-of.ts";

/** The container's processes as the host's ps(1) shows them. */
export async function topContainer(
  engine: EngineContext,
  ref: string,
  psArgs: string,
): Promise<api.ContainerTopResponse> {
  const container = engine.containers.find(ref);
  requireProcess(container);
  const pids = runtimeOf(engine, container.record).pids(container.id);
  const { titles, processes } = await listProcesses(pids, psArgs || "-ef");
  emit(engine, container, "top");
  return { Titles: titles, Processes: processes };
}
