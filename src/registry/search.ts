import type { Credentials } from "./repository.ts";

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
