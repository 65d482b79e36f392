import { booleanFilter, checkFilters, filterValues } from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { Registries, SearchHit } from "../../registry/index.ts";
import { credentialsOf } from "./credentials.ts";
import { splitTerm } from "./domain.ts";

/** `GET /images/search`. */
export async function search(
  registries: Registries,
  term: string,
  options: { limit?: number; filters?: api.Filters; auth?: api.AuthConfig },
  signal: AbortSignal,
): Promise<api.SearchResult[]> {
  const chosen = searchFilter(options.filters ?? {});
  const { domain, rest } = splitTerm(term);
  const hits = await registries.search(domain, rest, {
    signal,
    credentials: credentialsOf(options.auth),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  });
  return hits.filter(chosen).map(({ name, description, stars, official }) => ({
    name,
    description,
    star_count: stars,
    is_official: official,
    // Docker Hub has given automated builds up; what it still says of them is not shown.
    is_automated: false,
  }));
}

export function searchFilter(filters: api.Filters): (hit: SearchHit) => boolean {
  checkFilters(filters, ["is-automated", "is-official", "stars"]);
  const official = booleanFilter(filters, "is-official");
  const automated = booleanFilter(filters, "is-automated");
  const stars = Math.max(0, ...filterValues(filters, "stars").map(starCount));
  return (hit) =>
    automated !== true && hit.stars >= stars && (official === undefined || hit.official === official);
}

function starCount(text: string): number {
  if (!/^-?\d+$/.test(text)) throw invalid(`invalid filter 'stars=${text}'`);
  return Number(text);
}
