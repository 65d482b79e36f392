import { invalid, notImplemented, unavailable } from "../errors/index.ts";
import { failureOf, parseObject } from "./failure.ts";
import { maxAnswer } from "./limits.ts";
import type { Credentials } from "./repository.ts";
import type { Session } from "./session.ts";
import { basic } from "./token.ts";

/** A repository that a search found. */
export interface SearchHit {
  name: string;
  description: string;
  stars: number;
  official: boolean;
  automated: boolean;
}

export interface SearchOptions {
  readonly signal: AbortSignal;
  /** At most this many, 1 to 100. */
  readonly limit?: number;
  readonly credentials?: Credentials;
}

const defaultLimit = 25;

/** Docker's search, version 1 of a registry's API; `notImplemented` where a registry has none. */
export async function search(session: Session, term: string, options: SearchOptions): Promise<SearchHit[]> {
  const limit = options.limit || defaultLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw invalid(`limit ${limit} is outside the range of [1, 100]`);
  const url = new URL("/v1/search", await session.base(options.signal));
  url.searchParams.set("q", term);
  url.searchParams.set("n", String(limit));
  const { credentials, signal } = options;
  const known = credentials?.username !== undefined && credentials.password !== undefined;
  const headers: Record<string, string> = known ? { Authorization: basic(credentials) } : {};
  const reply = await session.ask({ method: "GET", url, headers, signal });
  if (reply.status === 404 || reply.status === 405) {
    await reply.discard();
    throw notImplemented(`the registry ${url.host} has no search (${url.pathname})`);
  }
  if (reply.status !== 200) throw await failureOf(reply);
  const document = parseObject(new TextDecoder().decode(await reply.bytes(maxAnswer)));
  if (!Array.isArray(document?.results)) throw unavailable(`${url.host} answered the search without results`);
  return document.results.map(hit);
}

function hit(result: Record<string, unknown> | null): SearchHit {
  return {
    name: String(result?.name ?? ""),
    description: String(result?.description ?? ""),
    stars: Number(result?.star_count ?? 0),
    official: result?.is_official === true,
    automated: result?.is_automated === true,
  };
}
