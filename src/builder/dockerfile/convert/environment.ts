import type { Variables } from "../expand/index.ts";

/** The variables of a stage at one of its instructions, ENV and ARG alike; the one that was set last is last. */
export class Environment implements Variables {
  readonly #values: Map<string, string>;

  constructor(values: Iterable<readonly [string, string]> = []) {
    this.#values = new Map(values);
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: string): void {
    this.#values.delete(name);
    this.#values.set(name, value);
  }

  names(): Iterable<string> {
    return this.#values.keys();
  }

  /** `NAME=value` each. */
  list(): string[] {
    return [...this.#values].map(([name, value]) => `${name}=${value}`);
  }

  copy(): Environment {
    return new Environment(this.#values);
  }
}

/** `NAME=value` as both; a text without `=` is a name with nothing. */
export function nameAndValue(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}
