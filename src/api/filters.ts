import { invalid } from "../errors/index.ts";
import type { Filters } from "./common.ts";

/** Refuses filter names that the endpoint does not know, in Docker's words. */
export function checkFilters(filters: Filters, accepted: readonly string[]): void {
  for (const name of Object.keys(filters)) {
    if (!accepted.includes(name)) throw invalid(`invalid filter '${name}'`);
  }
}

export function filterValues(filters: Filters, name: string): readonly string[] {
  return filters[name] ?? [];
}

/** True when the filter is absent or one of its values is `candidate`. */
export function matchesExactly(filters: Filters, name: string, candidate: string): boolean {
  const values = filterValues(filters, name);
  return values.length === 0 || values.includes(candidate);
}

/** True when the filter is absent or `candidate` begins with one of its values. */
export function matchesPrefix(filters: Filters, name: string, candidate: string): boolean {
  const values = filterValues(filters, name);
  return values.length === 0 || values.some((value) => candidate.startsWith(value));
}

/** True when the filter is absent or one of its values, equal or as a regular expression, matches. */
export function matchesPattern(filters: Filters, name: string, candidate: string): boolean {
  const values = filterValues(filters, name);
  return (
    values.length === 0 || values.some((value) => value === candidate || expression(value)?.test(candidate))
  );
}

/** True when every value, `key` or `key=value`, is among the labels. */
export function matchesLabels(
  filters: Filters,
  name: string,
  labels: Record<string, string> | null | undefined,
): boolean {
  return filterValues(filters, name).every((value) => {
    const at = value.indexOf("=");
    const key = at < 0 ? value : value.slice(0, at);
    const label = labels?.[key];
    return label !== undefined && (at < 0 || label === value.slice(at + 1));
  });
}

/** A filter that is true or false, such as `dangling`; undefined when it is not named. */
export function booleanFilter(filters: Filters, name: string): boolean | undefined {
  const values = filterValues(filters, name);
  if (values.length === 0) return undefined;
  const truths = new Set(values.map((value) => truth(value)));
  const [only] = truths;
  if (truths.size !== 1 || only === undefined) {
    throw invalid(`invalid filter '${name}=[${values.join(" ")}]'`);
  }
  return only;
}

function truth(value: string): boolean | undefined {
  if (["1", "t", "true", "True", "TRUE"].includes(value)) return true;
  if (["0", "f", "false", "False", "FALSE"].includes(value)) return false;
  return undefined;
}

function expression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    // Docker ignores patterns that do not parse: they match nothing.
    return undefined;
  }
}
