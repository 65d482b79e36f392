/** What a word can refer to. */
export interface Variables {
  /** Undefined for one that is not set. */
  get(name: string): string | undefined;
  names(): Iterable<string>;
}

export const noVariables: Variables = { get: () => undefined, names: () => [] };

/** Of a map, or of its copy by the caller. */
export function variablesOf(map: ReadonlyMap<string, string>): Variables {
  return { get: (name) => map.get(name), names: () => map.keys() };
}
