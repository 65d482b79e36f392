import type { Call } from "./call.ts";
import { failure } from "./failure.ts";

/** So many names are listed at most in one answer. */
const maxPage = 1000;

/** `GET /v2/<name>/tags/list` */
export function listTags(call: Call): Response {
  const { offer, repository } = call;
  const tags = offer.tags(repository);
  if (tags === undefined) return failure("NAME_UNKNOWN", `there is no repository ${repository}`);
  return page(call, tags, (part) => ({ name: repository, tags: part }));
}

/** `GET /v2/_catalog`, which Docker's registry has beyond the specification. */
export function listRepositories(call: Call): Response {
  return page(call, call.offer.repositories(), (part) => ({ repositories: part }));
}

/** The names after `last`, `n` of them, with a link to those that follow. */
function page(
  { request, query }: Call,
  names: readonly string[],
  body: (part: string[]) => object,
): Response {
  const wanted = query.get("n") ?? String(maxPage);
  if (!/^\d{1,9}$/.test(wanted)) {
    return failure("PAGINATION_NUMBER_INVALID", `n must be a number of names, not "${wanted}"`);
  }
  const count = Math.min(Number(wanted), maxPage);
  const last = query.get("last");
  const rest = last ? names.filter((name) => name > last) : names;
  const part = rest.slice(0, count);
  const more = count > 0 && rest.length > count;
  const next = new URLSearchParams({ n: String(count), last: part.at(-1) ?? "" });
  const link = more ? { Link: `<${new URL(request.url).pathname}?${next}>; rel="next"` } : {};
  return Response.json(body(part), { headers: link });
}
