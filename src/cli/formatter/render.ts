import type { ExecuteOptions } from "../template/execute.ts";
import { compileTemplate, type Value } from "../template/index.ts";
import { toJson } from "../template/show.ts";
import { alignColumns } from "./columns.ts";

/** A list of a noun: its columns with their headings, and what is shown when no format is asked for. */
export interface Listing<T> {
  /** How messages name a row's type. */
  readonly typeName: string;
  readonly table: string;
  /** What `--quiet` shows. */
  readonly quiet?: string;
  readonly headings: Readonly<Record<string, string>>;
  /** The columns of one row; a function is a method with arguments, such as `.Label "x"`. */
  row(item: T): Record<string, Value>;
}

/** Which format the flags ask for, or else the client's configuration. */
export function chooseFormat<T>(listing: Listing<T>, asked: string, quiet = false, configured = ""): string {
  const format = asked || (quiet ? "" : configured);
  if (quiet && (format === "" || format === "table")) return listing.quiet ?? "{{.ID}}";
  return format === "" || format === "table" ? listing.table : format;
}

/** The rows as `--format` asks: `table TEMPLATE`, `json`, or a template for each row. */
export function renderRows<T>(listing: Listing<T>, format: string, items: readonly T[]): string {
  const rows = items.map((item) => sorted(listing.row(item)));
  if (format === "json") return rows.map((row) => `${toJson(row)}\n`).join("");
  const isTable = format.startsWith("table");
  const source = (isTable ? format.slice("table".length) : format)
    .replace(/^ +| +$/g, "")
    .replaceAll("\\t", "\t")
    .replaceAll("\\n", "\n");
  const template = compileTemplate(source);
  const options: ExecuteOptions = { typeName: listing.typeName };
  const lines = rows.map((row) => template.execute(row, options));
  if (!isTable) return lines.map((line) => `${line}\n`).join("");
  const heading = template.execute(headingRow(listing), { ...options, header: true });
  return alignColumns([heading, ...lines].join("\n"));
}

function headingRow<T>(listing: Listing<T>): Record<string, Value> {
  const label = (...names: Value[]) => String(names[0] ?? "").replace(/[._-]/g, " ");
  return { Label: label, ...listing.headings };
}

/** Go's maps marshal with their keys in order. */
function sorted(row: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
