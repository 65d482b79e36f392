import type { Filters } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";

/** Reads the `filters` parameter: `{"name": ["value"]}`, or from old clients `{"name": {"value": true}}`. */
export function parseFilters(text: string | undefined): Filters {
  if (text === undefined) return {};
  const parsed = parse(text);
  if (parsed === null) return {};
  if (typeof parsed !== "object" || Array.isArray(parsed)) throw malformed(text);
  const filters: Filters = {};
  for (const [name, values] of Object.entries(parsed)) {
    const listed = listOf(values);
    if (listed === undefined) throw malformed(text);
    if (listed.length > 0) filters[name] = listed;
  }
  return filters;
}

function listOf(values: unknown): string[] | undefined {
  if (values === null) return [];
  if (Array.isArray(values)) return values.every((value) => typeof value === "string") ? values : undefined;
  if (typeof values !== "object") return undefined;
  const chosen = Object.entries(values as Record<string, unknown>);
  if (!chosen.every(([, on]) => typeof on === "boolean")) return undefined;
  return chosen.filter(([, on]) => on).map(([value]) => value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(text);
  }
}

function malformed(text: string): Error {
  return invalid(`invalid filter: ${text} is not a JSON object of lists of strings`);
}
