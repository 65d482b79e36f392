import {
  checkFilters,
  filterValues,
  matchesExactly,
  matchesLabels,
  matchesPattern,
  matchesPrefix,
} from "../../api/filters.ts";
import type { Filters } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { parseRfc3339 } from "../../os/clock.ts";
import { untilOf } from "../until.ts";
import { isPredefined, type NetworkDefinition } from "./definition.ts";

type Accepts = (network: NetworkDefinition) => boolean;

/** What `network ls --filter` accepts. `inUse` says whether a network has endpoints. */
export function networkFilter(filters: Filters, inUse: Accepts): Accepts {
  checkFilters(filters, ["dangling", "driver", "id", "label", "name", "scope", "type"]);
  const dangling = danglingOf(filters);
  const types = filterValues(filters, "type");
  for (const type of types) {
    if (type !== "builtin" && type !== "custom") throw invalid(`invalid filter: 'type'='${type}'`);
  }
  return (network) => {
    const { name } = network;
    const isDangling = !isPredefined(name) && !inUse(network);
    return (
      matchesExactly(filters, "driver", network.driver) &&
      matchesPrefix(filters, "id", network.id) &&
      matchesPattern(filters, "name", name) &&
      matchesLabels(filters, "label", network.labels) &&
      matchesExactly(filters, "scope", "local") &&
      (types.length === 0 || types.includes(isPredefined(name) ? "builtin" : "custom")) &&
      (dangling === undefined || dangling === isDangling)
    );
  };
}

/** What `network prune --filter` accepts, among networks that may go at all. */
export function pruneFilter(filters: Filters): Accepts {
  checkFilters(filters, ["label", "label!", "until"]);
  const until = untilOf(filters);
  const excluded = filterValues(filters, "label!");
  return ({ created, labels }) =>
    matchesLabels(filters, "label", labels) &&
    !(excluded.length > 0 && excluded.every((label) => matchesLabels({ label: [label] }, "label", labels))) &&
    (until === undefined || parseRfc3339(created) <= until);
}

function danglingOf(filters: Filters): boolean | undefined {
  const values = filterValues(filters, "dangling");
  if (values.length > 1) throw invalid('got more than one value for filter key "dangling"');
  switch (values[0]) {
    case undefined:
      return undefined;
    case "1":
    case "true":
      return true;
    case "0":
    case "false":
      return false;
    default:
      throw invalid(`invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`);
  }
}
