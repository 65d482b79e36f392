import type { Value } from "./node.ts";
import { quote } from "./quote.ts";
import { show } from "./show.ts";

/** Go's fmt.Sprintf for the verbs that make sense for JSON values. */
export function printf(format: string, args: readonly Value[]): string {
  let used = 0;
  const text = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z%])/g,
    (whole, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      const number = (given: string | undefined) =>
        given === "*" ? Number(args[used++]) : Number(given ?? Number.NaN);
      const columns = number(width);
      const digits = number(precision);
      if (used >= args.length) return `%!${verb}(MISSING)`;
      return pad(one(verb, args[used++], digits, flags, whole), columns, flags);
    },
  );
  const extra = args.slice(used).map((arg) => `${typeName(arg)}=${show(arg)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`;
}

function one(verb: string, arg: Value, digits: number, flags: string, whole: string): string {
  if (verb === "v") return show(arg);
  if (verb === "s") return show(arg).slice(0, Number.isNaN(digits) ? undefined : digits);
  if (verb === "q" && typeof arg === "string") return quote(arg);
  if (verb === "t" && typeof arg === "boolean") return String(arg);
  if (verb === "T") return typeName(arg);
  if (typeof arg === "string" && (verb === "x" || verb === "X")) {
    const hex = Buffer.from(arg).toString("hex");
    return verb === "X" ? hex.toUpperCase() : hex;
  }
  if (typeof arg === "number") {
    const text = numeric(verb, arg, digits);
    if (text !== undefined) return flags.includes("+") && arg >= 0 ? `+${text}` : text;
  }
  return `%!${whole.at(-1)}(${typeName(arg)}=${show(arg)})`;
}

function numeric(verb: string, value: number, digits: number): string | undefined {
  if (verb === "d") return Number.isInteger(value) ? String(value) : undefined;
  if (verb === "f") return value.toFixed(Number.isNaN(digits) ? 6 : digits);
  if (verb === "g") return String(value);
  if (verb === "e")
    return value.toExponential(Number.isNaN(digits) ? 6 : digits).replace(/e([+-])(\d)$/, "e$10$2");
  if (verb === "c") return String.fromCodePoint(value);
  const radix = { x: 16, X: 16, o: 8, b: 2 }[verb];
  if (radix === undefined) return undefined;
  return verb === "X" ? value.toString(radix).toUpperCase() : value.toString(radix);
}

function pad(text: string, columns: number, flags: string): string {
  if (Number.isNaN(columns)) return text;
  if (flags.includes("-")) return text.padEnd(columns);
  if (flags.includes("0") && /^[+-]?\d/.test(text)) {
    const sign = /^[+-]/.exec(text)?.[0] ?? "";
    return sign + text.slice(sign.length).padStart(columns - sign.length, "0");
  }
  return text.padStart(columns);
}

/** The Go type that a value of JSON has. */
export function typeName(value: Value): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "string") return "string";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}
