import { checkFilters, filterValues } from "../../api/filters.ts";
import type { Filters } from "../../api/index.ts";
import { parseUntil } from "../../engine/until.ts";
import { invalid } from "../../errors/index.ts";
import type { CacheItem } from "./item.ts";

export type Matches = (item: CacheItem) => boolean;

const texts = ["id", "parent", "type", "description"] as const;
const flags = ["inuse", "shared", "private"] as const;
const ages = ["until", "unused-for"] as const;
const labels = ["label", "label!"] as const;

/** What the filters of `docker builder prune` choose. Errors: `invalid` for what they cannot mean, in Docker's words. */
export function itemFilter(filters: Filters): Matches {
  checkFilters(filters, [...texts, ...flags, ...ages, ...labels]);
  const until = untilOf(filters);
  const id = pattern(single(filters, "id"));
  const [parent, type, description] = (["parent", "type", "description"] as const).map((name) =>
    single(filters, name),
  );
  const [inUse, shared, isPrivate] = flags.map((name) => flag(filters, name));
  // `system prune` passes on what it was given: nothing here has a label.
  const labelled = filterValues(filters, "label").length > 0;
  return (item) =>
    !labelled &&
    (until === undefined || item.lastUsedAt <= until) &&
    (id === undefined || id.test(item.id)) &&
    (parent === undefined || item.parents.some((each) => each.startsWith(parent))) &&
    (type === undefined || item.type === type) &&
    (description === undefined || item.description === description) &&
    (inUse === undefined || item.inUse === inUse) &&
    (shared === undefined || item.shared === shared) &&
    (isPrivate === undefined || item.shared !== isPrivate);
}

/** Milliseconds since the epoch: what was used later stays. */
function untilOf(filters: Filters): number | undefined {
  const given = ages.filter((name) => filterValues(filters, name).length > 0);
  if (given.length > 1) throw invalid(`conflicting filters: "${given.join('" and "')}"`);
  const value = given[0] === undefined ? undefined : single(filters, given[0]);
  return value === undefined ? undefined : Number(parseUntil(value) / 1_000_000n);
}

function single(filters: Filters, name: string): string | undefined {
  const [value, ...more] = filterValues(filters, name);
  if (more.length > 0) throw invalid("filters expect only one value");
  return value;
}

function flag(filters: Filters, name: string): boolean | undefined {
  if (filters[name] === undefined) return undefined;
  const value = single(filters, name) ?? "";
  if (/^(1|t|true|)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalid(`invalid filter '${name}=${value}': use true or false`);
}

function pattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text);
  } catch (cause) {
    throw invalid(`invalid filter 'id=${text}': it is no regular expression`, { cause });
  }
}
