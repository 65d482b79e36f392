import { checkFilters, filterValues, matchesLabels } from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import { conflict, messageOf } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import { untilOf } from "../until.ts";
import type { Container } from "./container.ts";
import { removeContainer } from "./remove.ts";
import { isRunning } from "./status.ts";

let running = false;

/** `prune`: removes all containers that do not run and match the filters. One at a time. */
export async function pruneContainers(
  engine: EngineContext,
  filters: api.Filters,
): Promise<api.ContainersPruneResponse> {
  const chosen = prunableContainers(engine, filters);
  if (running) throw conflict("a prune operation is already running");
  running = true;
  try {
    return await prune(engine, chosen);
  } finally {
    running = false;
  }
}

/** The containers, newest first, that a prune is about. */
export function prunableContainers(
  { containers }: Pick<EngineContext, "containers">,
  filters: api.Filters,
): Container[] {
  checkFilters(filters, ["label", "label!", "until"]);
  const until = untilOf(filters);
  return containers
    .newestFirst()
    .filter(({ record, createdAt }) => !isRunning(record) && (until === undefined || createdAt <= until))
    .filter(({ record: { config } }) => matchesLabels(filters, "label", config.Labels))
    .filter(({ record: { config } }) => !hasExcluded(filters, config.Labels));
}

async function prune(
  engine: EngineContext,
  chosen: readonly Container[],
): Promise<api.ContainersPruneResponse> {
  const removed: string[] = [];
  let reclaimed = 0;
  for (const { record } of chosen) {
    // It may have been started since it was chosen.
    if (isRunning(record)) continue;
    try {
      const { SizeRw } = await engine.rootfs.sizes(record);
      await removeContainer(engine, record.id, {});
      removed.push(record.id);
      reclaimed += SizeRw;
    } catch (error) {
      engine.log("warn", `failed to prune container ${record.id}: ${messageOf(error)}`);
    }
  }
  engine.events.publish({
    type: "container",
    action: "prune",
    id: "",
    attributes: { reclaimed: String(reclaimed) },
  });
  return { ContainersDeleted: removed, SpaceReclaimed: reclaimed };
}

const hasExcluded = (filters: api.Filters, labels: Record<string, string> | null | undefined): boolean =>
  filterValues(filters, "label!").some((label) => matchesLabels({ label: [label] }, "label", labels));
