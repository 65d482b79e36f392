/*
 * The part of Go's text/template that `--format` needs, with docker's functions. Parsing and carrying out are
 * apart so that one template serves many rows.
 */
import { type ExecuteOptions, execute } from "./execute.ts";
import type { Value } from "./node.ts";
import { parseTemplate } from "./parse.ts";

export type { Value } from "./node.ts";

export interface Template {
  execute(data: Value, options?: ExecuteOptions): string;
}

/** Throws a LocalError with Go's words when the text is no template. */
export function compileTemplate(source: string): Template {
  const nodes = parseTemplate(source);
  return { execute: (data, options) => execute(source, nodes, data, options) };
}
