import type { Value } from "./node.ts";
import { typeName } from "./printf.ts";

const isBasic = (value: Value): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** Equality of basic values of one type; nil equals only nil. */
export function equal(a: Value, b: Value): boolean {
  const nil = (value: Value) => value === null || value === undefined;
  if (nil(a) || nil(b)) return nil(a) && nil(b);
  if (!isBasic(a) || !isBasic(b)) throw new Error("incompatible types for comparison");
  if (typeof a !== typeof b) throw new Error("incompatible types for comparison");
  return a === b;
}

/** Order of two numbers or two strings: negative, zero or positive. */
export function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a === b ? 0 : a < b ? -1 : 1;
  if (typeof a === "boolean" || !isBasic(a)) throw new Error(`invalid type for comparison: ${typeName(a)}`);
  throw new Error("incompatible types for comparison");
}
