import {
  booleanFilter,
  checkFilters,
  filterValues,
  matchesExactly,
  matchesLabels,
  matchesPattern,
  matchesPrefix,
} from "../../api/filters.ts";
import type { Filters } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { Container } from "./container.ts";
import { networksOf } from "./network/settings.ts";
import { isRunning, statusWord } from "./status.ts";
import { portList } from "./summary.ts";

const accepted = [
  "ancestor",
  "before",
  "exited",
  "expose",
  "health",
  "id",
  "is-task",
  "isolation",
  "label",
  "name",
  "network",
  "publish",
  "since",
  "status",
  "volume",
];

const statuses = ["created", "dead", "exited", "paused", "removing", "restarting", "running"];
const healths = ["healthy", "none", "starting", "unhealthy"];

export interface FilterContext {
  /** Finds the container that `before` or `since` names; throws when there is none. */
  find: (ref: string) => Container;
  /** Ids of the images that an `ancestor` means: itself and those made from it; none when it is unknown. */
  descendants: (ref: string) => readonly string[];
}

/** Makes the test that a list's filters mean. Unknown filters and values are `invalid` errors. */
export function containerFilter(filters: Filters, context: FilterContext): (container: Container) => boolean {
  checkFilters(filters, accepted);
  checkValues(filters, "status", statuses, "container state");
  checkValues(filters, "health", healths, "health status");
  const exited = filterValues(filters, "exited").map(exitCode);
  const isTask = booleanFilter(filters, "is-task") ?? false;
  const ancestors =
    filters.ancestor && new Set(filterValues(filters, "ancestor").flatMap(context.descendants));
  const isBefore = order(filters, "before", context, (time, limit) => time < limit);
  const isSince = order(filters, "since", context, (time, limit) => time > limit);
  const publishes = portTest(filters);
  // No container of this engine is a task of a service: asking for tasks finds nothing.
  return (container) => !isTask && test(container);

  function test(container: Container): boolean {
    const { record } = container;
    const { hostConfig, config, state } = record;
    return (
      isBefore(container) &&
      isSince(container) &&
      matchesPrefix(filters, "id", record.id) &&
      (matchesPattern(filters, "name", record.name) || matchesPattern(filters, "name", `/${record.name}`)) &&
      matchesLabels(filters, "label", config.Labels) &&
      matchesExactly(filters, "isolation", hostConfig.Isolation || "default") &&
      matchesExactly(filters, "status", statusWord(record)) &&
      matchesExactly(filters, "health", container.health?.Status ?? "none") &&
      (exited.length === 0 || (hasExited(container) && exited.includes(state.exitCode))) &&
      (ancestors === undefined || ancestors.has(record.image.id)) &&
      usesVolume(filters, container) &&
      usesNetwork(filters, container) &&
      publishes(container)
    );
  }
}

function checkValues(filters: Filters, name: string, known: string[], what: string): void {
  for (const value of filterValues(filters, name)) {
    if (known.includes(value)) continue;
    const choice = `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
    throw invalid(
      `invalid filter '${name}=${value}': invalid value for ${what} (${value}): must be one of ${choice}`,
    );
  }
}

function exitCode(value: string): number {
  if (!/^-?\d+$/.test(value)) throw invalid(`invalid filter 'exited=${value}': it must be a number`);
  return Number(value);
}

const hasExited = ({ record }: Container) => !isRunning(record) && statusWord(record) !== "created";

function order(
  filters: Filters,
  name: string,
  { find }: FilterContext,
  compare: (time: bigint, limit: bigint) => boolean,
): (container: Container) => boolean {
  const limits = filterValues(filters, name).map((ref) => find(ref));
  return (container) =>
    limits.every((limit) => container !== limit && compare(container.createdAt, limit.createdAt));
}

function usesVolume(filters: Filters, { record }: Container): boolean {
  const values = filterValues(filters, "volume");
  return (
    values.length === 0 ||
    record.mounts.some(
      ({ point }) => values.includes(point.Name ?? point.Source) || values.includes(point.Destination),
    )
  );
}

function usesNetwork(filters: Filters, { record }: Container): boolean {
  const values = filterValues(filters, "network");
  if (values.length === 0) return true;
  return Object.entries(networksOf(record)).some(([name, { NetworkID = "" }]) =>
    values.some((value) => value === name || (value !== "" && NetworkID.startsWith(value))),
  );
}

/** `publish` and `expose` are alternatives: a container that satisfies one of them is shown. */
function portTest(filters: Filters): (container: Container) => boolean {
  const published = new Set(filterValues(filters, "publish").flatMap((value) => portRange("publish", value)));
  const exposed = new Set(filterValues(filters, "expose").flatMap((value) => portRange("expose", value)));
  if (published.size + exposed.size === 0) return () => true;
  return ({ record }) =>
    portList(record).some(
      ({ PublicPort, PrivatePort, Type }) =>
        published.has(`${PublicPort}/${Type}`) || exposed.has(`${PrivatePort}/${Type}`),
    );
}

function portRange(name: string, value: string): string[] {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(value);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first > last || last > 65535) {
    throw invalid(`invalid filter '${name}=${value}': write a port or a range, such as 80/tcp or 8000-8010`);
  }
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${match[3] ?? "tcp"}`);
}
