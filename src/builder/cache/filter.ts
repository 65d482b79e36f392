import { checkFilters, filterValues } from "../../api/filters.ts";
import type { Filters } from "../../api/index.ts";
import { parseUntil } from "../../engine/until.ts";
import { invalid } from "../../errors/index.ts";
import type { CacheItem } from "./item.ts";

export type Matches = (item: CacheItem) => boolean;

/** `parents` is what buildx calls `parent`. */
const texts = ["id", "parent", "parents", "type", "description"] as const;
/** `type!=x`: not this; `description~=x`: a regular expression. */
const operators = ["", "!", "~"] as const;
const flags = ["inuse", "shared", "private"] as const;
const ages = ["until", "unused-for"] as const;
const labels = ["label", "label!"] as const;

/** What the filters of `docker builder prune` choose. Errors: `invalid` for what they cannot mean, in Docker's words. */
export function itemFilter(filters: Filters): Matches {
  const named = texts.flatMap((name) => operators.map((operator) => ({ name, operator })));
  const names = named.map(({ name, operator }) => name + operator);
  checkFilters(filters, [...names, ...flags, ...ages, ...labels]);
  const until = untilOf(filters);
  const conditions = named.flatMap(({ name, operator }) => {
    const value = single(filters, name + operator);
    return value === undefined ? [] : [condition(name, operator, value)];
  });
  const [inUse, shared, isPrivate] = flags.map((name) => flag(filters, name));
  // `system prune` passes on what it was given: nothing here has a label.
  const labelled = filterValues(filters, "label").length > 0;
  return (item) =>
    !labelled &&
    (until === undefined || item.lastUsedAt <= until) &&
    conditions.every((matches) => matches(item)) &&
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

type Text = (typeof texts)[number];

/** IDs are looked for as buildx does: a part of one is enough. */
function condition(name: Text, operator: (typeof operators)[number], value: string): Matches {
  const valuesOf = (item: CacheItem): readonly string[] =>
    name === "parent" || name === "parents" ? item.parents : [item[name]];
  if (operator === "!") return (item) => !valuesOf(item).includes(value);
  if (operator === "~" || name === "id") {
    const expression = pattern(name + operator, value);
    return (item) => valuesOf(item).some((each) => expression.test(each));
  }
  if (name === "type" || name === "description") return (item) => valuesOf(item).includes(value);
  return (item) => valuesOf(item).some((each) => each.startsWith(value));
}

function pattern(name: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw invalid(`invalid filter '${name}=${text}': it is no regular expression`, { cause });
  }
}
