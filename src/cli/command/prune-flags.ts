import type { Filters } from "../../api/index.ts";
import type { ConfigValues } from "../config/values.ts";
import { bool } from "../flags/kinds.ts";
import { filter } from "../opts/filter.ts";

/** What every prune takes. */
export const pruneFlags = {
  filter: filter('Provide filter values (e.g. "label=<key>=<value>")'),
  force: bool("Do not prompt for confirmation", { short: "f" }),
};

/** What is asked for, and what the client's configuration always asks for; that a label be and not be there excludes itself. */
export function pruneFilters(asked: Filters, { pruneFilters = [] }: ConfigValues): Filters {
  const filters: Record<string, string[]> = Object.fromEntries(
    Object.entries(asked).map(([name, values]) => [name, [...values]]),
  );
  const opposites: Record<string, string> = { label: "label!", "label!": "label" };
  for (const filter of pruneFilters) {
    const at = filter.indexOf("=");
    if (at < 0) continue;
    const [name, value] = [filter.slice(0, at), filter.slice(at + 1)];
    if (filters[opposites[name] ?? ""]?.includes(value)) continue;
    filters[name] = [...(filters[name] ?? []).filter((known) => known !== value), value];
  }
  return filters;
}
