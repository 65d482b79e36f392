/* What a template is made of, after text/template's parse tree. */

/** Values that templates work on: JSON, and functions as methods of the objects that formatters offer. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Value[]
  | { readonly [key: string]: Value }
  | ((...args: Value[]) => Value);

export type Node =
  | { kind: "text"; text: string }
  | { kind: "action"; pipe: Pipe }
  | { kind: "if" | "with" | "range"; pipe: Pipe; body: Node[]; otherwise: Node[] }
  | { kind: "break" }
  | { kind: "continue" };

export interface Pipe {
  /** Variables that it sets, with their `$`. */
  variables: string[];
  /** `=` instead of `:=`: the variables exist. */
  assigns: boolean;
  commands: Operand[][];
}

/** An operand with where it stands in the template's text, which messages quote. */
export type Operand = { start: number; end: number } & (
  | { kind: "dot" }
  | { kind: "nil" }
  | { kind: "constant"; value: string | number | boolean }
  | { kind: "function"; name: string }
  | { kind: "field"; path: string[] }
  | { kind: "variable"; name: string; path: string[] }
  | { kind: "pipe"; pipe: Pipe; path: string[] }
);
