import { readFileSync } from "node:fs";
import { errnoOf, invalid, messageOf } from "../../errors/index.ts";
import type { RawOptions } from "./flags.ts";
import { type OptionSpec, options } from "./options.ts";

const specs: readonly OptionSpec[] = options;

/** Reads daemon.json. Its absence is an error only when the user named the file. */
export function readConfigFile(path: string, named: boolean): RawOptions {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT" && !named) return {};
    throw invalid(`unable to configure the engine with file ${path}: ${messageOf(cause)}`, { cause });
  }
  return parseConfig(text, path);
}

/** Turns the file's text into options by flag name; unknown keys and wrong types are named. */
export function parseConfig(text: string, path: string): RawOptions {
  if (text.trim() === "") return {};
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw invalid(`unable to configure the engine with file ${path}: ${messageOf(cause)}`, { cause });
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw invalid(`unable to configure the engine with file ${path}: it must hold one JSON object`);
  }
  const result: Record<string, unknown> = {};
  for (const [key, value] of members(document)) {
    const spec = specs.find((candidate) => (candidate.key ?? candidate.flag) === key);
    if (spec === undefined) {
      throw invalid(
        `unable to configure the engine with file ${path}: the following directives don't match any configuration option: ${key}`,
      );
    }
    result[spec.flag] = convert(spec, value, `${path}: ${key}`);
  }
  return result as RawOptions;
}

/** Objects such as `proxies` hold options of their own. */
const groups = new Set(specs.flatMap(({ key }) => (key?.includes(".") ? key.split(".").slice(0, 1) : [])));

function members(document: object): [string, unknown][] {
  return Object.entries(document).flatMap(([key, value]) =>
    groups.has(key) && isMap(value)
      ? Object.entries(value).map(([name, member]): [string, unknown] => [`${key}.${name}`, member])
      : [[key, value] as [string, unknown]],
  );
}

function convert(spec: OptionSpec, value: unknown, where: string): unknown {
  switch (spec.kind) {
    case "string":
      return expect(value, typeof value === "string" || typeof value === "number", where, "a string", String);
    case "boolean":
      return expect(value, typeof value === "boolean", where, "true or false");
    case "number":
      return expect(value, Number.isInteger(value), where, "a whole number");
    case "list":
      return expect(value, isStrings(value), where, "a list of strings");
    case "map":
      return expect(value, isMap(value) && isStrings(Object.values(value)), where, "an object of strings");
    case "maps":
      return expect(
        value,
        isMap(value) && Object.values(value).every((map) => isMap(map) && isStrings(Object.values(map))),
        where,
        "an object of objects of strings",
      );
    case "object":
      return expect(value, isMap(value), where, "an object");
    case "objects":
      return expect(value, isMap(value) && Object.values(value).every(isMap), where, "an object of objects");
    case "ulimits":
      return Object.entries(expect(value, isMap(value), where, "an object") as object).map(
        ([name, limit]) => ({
          Name: limit.Name ?? name,
          Soft: limit.Soft ?? -1,
          Hard: limit.Hard ?? -1,
        }),
      );
    case "runtimes":
      return Object.fromEntries(
        Object.entries(expect(value, isMap(value), where, "an object") as object).map(([name, runtime]) => [
          name,
          { path: runtime.path ?? name, args: runtime.runtimeArgs ?? [] },
        ]),
      );
    case "pools":
      return expect(
        value,
        Array.isArray(value) &&
          value.every((pool) => typeof pool?.base === "string" && Number.isInteger(pool.size)),
        where,
        'a list of {"base": "CIDR", "size": BITS}',
      );
  }
}

const isMap = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isStrings = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === "string");

function expect(
  value: unknown,
  holds: boolean,
  where: string,
  wanted: string,
  map: (value: unknown) => unknown = (same) => same,
): unknown {
  if (!holds) throw invalid(`${where}: must be ${wanted}, not ${JSON.stringify(value)}`);
  return map(value);
}
