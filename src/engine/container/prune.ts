import { checkFilters, filterValues, matchesLabels } from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import { conflict, invalid, messageOf } from "../../errors/index.ts";
import { nowNanoseconds, parseRfc3339 } from "../../os/clock.ts";
import type { EngineContext } from "../context.ts";
import { removeContainer } from "./remove.ts";
import { isRunning } from "./status.ts";

let running = false;

/** `prune`: removes all containers that do not run and match the filters. One at a time. */
export async function pruneContainers(
  engine: EngineContext,
  filters: api.Filters,
): Promise<api.ContainersPruneResponse> {
  checkFilters(filters, ["label", "label!", "until"]);
  const until = untilOf(filters);
  if (running) throw conflict("a prune operation is already running");
  running = true;
  try {
    return await prune(engine, filters, until);
  } finally {
    running = false;
  }
}

async function prune(
  engine: EngineContext,
  filters: api.Filters,
  until: bigint | undefined,
): Promise<api.ContainersPruneResponse> {
  const removed: string[] = [];
  let reclaimed = 0;
  for (const container of engine.containers.newestFirst()) {
    const { record } = container;
    if (isRunning(record) || (until !== undefined && container.createdAt > until)) continue;
    if (!matchesLabels(filters, "label", record.config.Labels) || hasExcluded(filters, record.config.Labels))
      continue;
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

const units: Record<string, bigint> = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** A time (RFC 3339, or seconds since the epoch) or an age such as `1h30m`; in nanoseconds since the epoch. */
export function untilOf(filters: api.Filters): bigint | undefined {
  const values = filterValues(filters, "until");
  const [text] = values;
  if (text === undefined) return undefined;
  if (values.length > 1) throw invalid("more than one until filter specified");
  if (/^\d+(\.\d+)?$/.test(text)) return BigInt(Math.round(Number(text) * 1000)) * 1_000_000n;
  if (/^(\d+(ms|[smh]))+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+)(ms|[smh])/g)];
    const age = parts.reduce(
      (sum, [, count = "0", unit = "s"]) => sum + BigInt(count) * (units[unit] ?? 0n),
      0n,
    );
    return nowNanoseconds() - age;
  }
  try {
    return parseRfc3339(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch (cause) {
    throw invalid(`invalid value for 'until' filter: ${text}: write a time or an age such as 24h`, { cause });
  }
}
