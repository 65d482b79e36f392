import type { Value } from "./node.ts";

/** A value as Go prints it with %v. */
export function show(value: Value): string {
  if (value === undefined || value === null) return "<no value>";
  if (Array.isArray(value)) return `[${value.map(inner).join(" ")}]`;
  if (typeof value === "function") return show(value());
  if (typeof value === "object") {
    const entries = Object.entries(value as Record<string, Value>).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, one]) => `${key}:${inner(one)}`).join(" ")}]`;
  }
  return String(value);
}

const inner = (value: Value): string => (value === null || value === undefined ? "<nil>" : show(value));

/** Whether Go counts a value as true: not zero, not nil, not empty. */
export function truth(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** A value as JSON: what formatters offer as methods without arguments is data too. */
export function toJson(value: Value): string {
  return JSON.stringify(value ?? null, (_, one: Value) => (typeof one === "function" ? undefined : one));
}
