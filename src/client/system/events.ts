import type { EventMessage, Filters } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";
import { jsonLines } from "../lines.ts";

/** Resolves when the engine listens; the stream ends at `until`, or with the signal. Times as for logs. */
export async function events(
  client: Client,
  options: { since?: string | undefined; until?: string | undefined; filters?: Filters } = {},
  signal?: AbortSignal,
): Promise<AsyncIterable<EventMessage>> {
  const query = { ...options, filters: encodeFilters(options.filters) };
  const response = await client.request({ method: "GET", path: "/events", query, signal });
  return jsonLines<EventMessage>(response.body);
}
