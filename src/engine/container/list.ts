import type * as api from "../../api/index.ts";
import type { ListContainersOptions } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { containerFilter } from "./filter.ts";
import { isRunning } from "./status.ts";
import { summarise } from "./summary.ts";

/** `ps`: newest first. Only running containers, unless all, a limit or a status is asked for. */
export async function listContainers(
  engine: EngineContext,
  options: ListContainersOptions,
): Promise<api.ContainerSummary[]> {
  const filters = options.filters ?? {};
  const limit = options.limit && options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
  const all = options.all || limit !== Number.POSITIVE_INFINITY || (filters.status?.length ?? 0) > 0;
  const accepts = containerFilter(filters, {
    find: (ref) => engine.containers.find(ref),
    descendants: (ref) => engine.images.descendants(ref),
  });
  const chosen = engine.containers
    .newestFirst()
    .filter((container) => (all || isRunning(container.record)) && accepts(container))
    .slice(0, limit);
  return await Promise.all(
    chosen.map(async (container) => ({
      ...summarise(container, engine.images.currentName(container.record.image)),
      ...(options.size ? await engine.rootfs.sizes(container.record) : {}),
    })),
  );
}
