import { compare, equal } from "./compare.ts";
import type { Value } from "./node.ts";
import { printf, typeName } from "./printf.ts";
import { show, toJson, truth } from "./show.ts";

type Builtin = (...args: Value[]) => Value;

const text = (value: Value) => (typeof value === "string" ? value : show(value));

function length(value: Value): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  if (value === null || value === undefined) throw new Error("len of nil pointer");
  throw new Error(`len of type ${typeName(value)}`);
}

function index(value: Value, ...keys: Value[]): Value {
  return keys.reduce((from: Value, key) => {
    if (Array.isArray(from) || typeof from === "string") {
      if (typeof key !== "number") throw new Error(`cannot index slice/array with type ${typeName(key)}`);
      if (key < 0 || key >= from.length) throw new Error(`index out of range: ${key}`);
      return typeof from === "string" ? from.charCodeAt(key) : from[key];
    }
    if (from === null || from === undefined) throw new Error("index of untyped nil");
    if (typeof from !== "object") throw new Error(`can't index item of type ${typeName(from)}`);
    if (typeof key !== "string") throw new Error(`value has type ${typeName(key)}; should be string`);
    const entries = from as Record<string, Value>;
    return Object.hasOwn(entries, key) ? entries[key] : undefined;
  }, value);
}

function slice(value: Value, from: Value = 0, to?: Value): Value {
  if (typeof value !== "string" && !Array.isArray(value)) {
    throw new Error(`can't slice item of type ${typeName(value)}`);
  }
  const end = Number(to ?? value.length);
  for (const at of [Number(from), end]) {
    if (!(at >= 0 && at <= value.length)) throw new Error(`index out of range: ${at}`);
  }
  if (Number(from) > end) throw new Error(`invalid slice index: ${from} > ${end}`);
  return value.slice(Number(from), end);
}

/** As Go's Sprint: a blank between two operands when neither is a string. */
function print(...args: Value[]): string {
  return args.reduce<string>((line, arg, at) => {
    const blank = at > 0 && typeof arg !== "string" && typeof args[at - 1] !== "string" ? " " : "";
    return line + blank + show(arg);
  }, "");
}

const title = (value: Value) =>
  text(value).replace(
    /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );

function pad(value: Value, before: Value, after: Value): string {
  const line = text(value);
  return line === "" ? "" : " ".repeat(Number(before)) + line + " ".repeat(Number(after));
}

const htmlEntities: Record<string, string> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

const functions: Record<string, Builtin> = {
  eq: (first, ...others) => {
    if (others.length === 0) throw new Error("missing argument for comparison");
    return others.some((other) => equal(first, other));
  },
  ne: (a, b) => !equal(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  not: (value) => !truth(value),
  len: length,
  index,
  slice,
  print,
  println: (...args) => `${args.map(show).join(" ")}\n`,
  printf: (format, ...args) => printf(text(format), args),
  html: (...args) => print(...args).replace(/["'&<>]/g, (one) => htmlEntities[one]!),
  js: (...args) => JSON.stringify(print(...args)).slice(1, -1),
  urlquery: (...args) => encodeURIComponent(print(...args)).replaceAll("%20", "+"),
  json: toJson,
  lower: (value) => text(value).toLowerCase(),
  upper: (value) => text(value).toUpperCase(),
  title,
  split: (value, separator) => text(value).split(text(separator)),
  join: (values, separator) => {
    if (!Array.isArray(values))
      throw new Error(`wrong type for value; expected []string; got ${typeName(values)}`);
    return values.map(text).join(text(separator));
  },
  pad,
  truncate: (value, size) => text(value).slice(0, Number(size)),
};

/** `and` and `or` stop at the first operand that decides, so the evaluator does them itself. */
export const builtin = (name: string): boolean =>
  name === "and" || name === "or" || Object.hasOwn(functions, name);

export const lookup = (name: string): Builtin => functions[name]!;

/** What functions do to column headings: they stay as they are, except for padding and what is structural. */
const headings = new Set(["json", "title", "lower", "upper", "truncate"]);

export function headerFunction(name: string): Builtin {
  if (headings.has(name)) return (first) => first;
  if (name === "join") return (values) => values;
  if (name === "split") return (value) => [value];
  return functions[name]!;
}
