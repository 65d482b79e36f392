import { invalid } from "../../errors/index.ts";

/*
 * Reading JSON as Go does, which every client of Docker relies on: names match in any case, unknown names
 * are ignored, null counts as absent, and a value of the wrong type is an error that names its place.
 */

/** Turns a JSON value at `place` into a T, or throws `invalid`. */
export type Decoder<T> = (value: unknown, place: string) => T;

export function decode<T>(decoder: Decoder<T>, value: unknown): T {
  return decoder(value, "");
}

function wrong(place: string, expected: string, value: unknown): Error {
  const kind = Array.isArray(value) ? "array" : typeof value;
  return invalid(`invalid JSON: ${place === "" ? "the body" : place} must be ${expected}, not ${kind}`);
}

export const string: Decoder<string> = (value, place) => {
  if (typeof value !== "string") throw wrong(place, "a string", value);
  return value;
};

export const boolean: Decoder<boolean> = (value, place) => {
  if (typeof value !== "boolean") throw wrong(place, "a boolean", value);
  return value;
};

export const integer: Decoder<number> = (value, place) => {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw wrong(place, "an integer", value);
  }
  return value;
};

/** A value that is passed on as it is. */
export const anything: Decoder<object> = (value) => value as object;

/** Null elements are those that Go would make of them: the type's zero value, here left out. */
export function list<T>(element: Decoder<T>): Decoder<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw wrong(place, "an array", value);
    return value.filter((item) => item !== null).map((item, index) => element(item, `${place}[${index}]`));
  };
}

/** An array, or (as Docker's Cmd and Entrypoint) one string that stands for an array of it. */
export const stringOrList: Decoder<string[] | string> = (value, place) =>
  typeof value === "string" ? value : list(string)(value, place);

/** An object whose names are data: their case is kept. Null values stay null. */
export function map<T>(element: Decoder<T>): Decoder<Record<string, T>> {
  return (value, place) => {
    const result: Record<string, T> = {};
    for (const [key, item] of entries(value, place)) result[key] = element(item, `${place}.${key}`);
    return result;
  };
}

export function nullable<T>(decoder: Decoder<T>): Decoder<T | null> {
  return (value, place) => (value === null ? null : decoder(value, place));
}

/** One decoder for each field, checked by the compiler to be complete. */
export type Fields<T> = { [K in keyof Required<T>]: Decoder<Exclude<T[K], null | undefined>> };

export function object<T extends object>(fields: Fields<T>): Decoder<T> {
  const byLowerCase = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name as keyof T]));
  return (value, place) => {
    const result: Partial<T> = {};
    for (const [key, item] of entries(value, place)) {
      const name = Object.hasOwn(fields, key) ? (key as keyof T) : byLowerCase.get(key.toLowerCase());
      if (name === undefined || item === null) continue;
      result[name] = fields[name](item, place === "" ? String(name) : `${place}.${String(name)}`);
    }
    return result as T;
  };
}

function entries(value: unknown, place: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(place, "an object", value);
  return Object.entries(value);
}

/** A string whose possible values are checked by the engine, which knows better what to say about others. */
export function word<T extends string>(): Decoder<T> {
  return string as Decoder<T>;
}
