import type { Filters } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { parseFilters } from "./filters.ts";
import { parseTimestamp } from "./timestamp.ts";

const falsehoods = new Set(["", "0", "no", "false", "none"]);

/** A request's query, read as Docker reads it. */
export class Query {
  readonly #parameters: URLSearchParams;

  constructor(search: string) {
    this.#parameters = new URLSearchParams(search);
  }

  /** Absent and empty are the same. */
  string(name: string): string | undefined {
    return this.#parameters.get(name) || undefined;
  }

  /** The value, or `invalid` when there is none. */
  required(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw invalid(`bad parameter: '${name}' cannot be empty`);
    return value;
  }

  all(name: string): string[] {
    return this.#parameters.getAll(name).filter((value) => value !== "");
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** Everything is true but an empty value, 0, no, false and none. */
  boolean(name: string, absent = false): boolean {
    const value = this.#parameters.get(name);
    return value === null ? absent : !falsehoods.has(value.trim().toLowerCase());
  }

  integer(name: string): number | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (!/^[+-]?\d{1,15}$/.test(value))
      throw invalid(`invalid value "${value}" for '${name}': not an integer`);
    return Number(value);
  }

  filters(): Filters {
    return parseFilters(this.string("filters"));
  }

  /** Nanoseconds since the epoch; `now` is what durations count back from. */
  timestamp(name: string, now: bigint): bigint | undefined {
    const value = this.string(name);
    return value === undefined ? undefined : parseTimestamp(name, value, now);
  }
}
