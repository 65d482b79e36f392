import type { Filters } from "../api/index.ts";

/** The `filters` parameter, left out when there are none. */
export function encodeFilters(filters: Filters | undefined): string | undefined {
  return filters === undefined || Object.keys(filters).length === 0 ? undefined : JSON.stringify(filters);
}
