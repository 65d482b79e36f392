import type { AuthConfig, Filters, SearchResult } from "../../api/index.ts";
import { authHeader } from "../auth.ts";
import type { Client } from "../client.ts";
import { encodeFilters } from "../filters.ts";

export interface SearchOptions {
  /** 1 to 100. */
  limit?: number | undefined;
  filters?: Filters;
  auth?: AuthConfig | undefined;
}

/** Searches the registry that the term names before a slash, or docker.io. */
export function search(
  client: Client,
  term: string,
  { limit, filters, auth }: SearchOptions = {},
): Promise<SearchResult[]> {
  const query = { term, limit, filters: encodeFilters(filters) };
  return client.json({ method: "GET", path: "/images/search", query, headers: authHeader(auth) });
}
