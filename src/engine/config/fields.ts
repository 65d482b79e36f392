import { invalid } from "../../errors/index.ts";
import { type FreeSpace, parseFreeSpace } from "./collection.ts";

interface Kinds {
  boolean: boolean;
  strings: string[];
}

/** Members of an object of the configuration file, each of which must be taken. Names count in any case, as in Go. */
export class Fields {
  readonly #left: Map<string, { name: string; value: unknown }>;

  constructor(
    raw: object,
    private readonly where: string,
  ) {
    const entries = Object.entries(raw);
    this.#left = new Map(
      entries.map(([name, value]) => [name.toLowerCase(), { name, value: value as unknown }]),
    );
  }

  take<K extends keyof Kinds>(name: string, kind: K): Kinds[K] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const holds =
      kind === "boolean"
        ? typeof value === "boolean"
        : Array.isArray(value) && value.every((item) => typeof item === "string");
    if (!holds) throw this.#wrong(name, kind === "boolean" ? "true or false" : "a list of strings", value);
    return value as Kinds[K];
  }

  list(name: string): object[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const holds = Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
    if (!holds) throw this.#wrong(name, "a list of objects", value);
    return value as object[];
  }

  /** `10GB`, or `20%` of the disk. */
  space(name: string): FreeSpace | undefined {
    const value = this.#take(name);
    if (value === undefined || value === "") return undefined;
    if (typeof value !== "string") throw this.#wrong(name, "a size", value);
    return parseFreeSpace(value);
  }

  end(): void {
    const [first] = this.#left.values();
    if (first !== undefined) throw invalid(`${this.where}: unknown option ${first.name}`);
  }

  #take(name: string): unknown {
    const entry = this.#left.get(name.toLowerCase());
    this.#left.delete(name.toLowerCase());
    return entry?.value ?? undefined;
  }

  #wrong(name: string, wanted: string, value: unknown) {
    return invalid(`${this.where}.${name}: must be ${wanted}, not ${JSON.stringify(value)}`);
  }
}
