import { messageOf } from "../../errors/index.ts";
import { LocalError } from "../local-error.ts";
import { executionError } from "./error.ts";
import { headerFunction, lookup } from "./functions.ts";
import type { Node, Operand, Pipe, Value } from "./node.ts";
import { show, truth } from "./show.ts";

export interface ExecuteOptions {
  /** How messages name the data's type. */
  typeName?: string;
  /** The data are column headings. */
  header?: boolean;
}

type Control = Extract<Node, { body: Node[] }>;

/** How `break` and `continue` leave what they are in. */
class Leave {
  constructor(readonly kind: "break" | "continue") {}
}

/** Carries a template out on data and returns the text. */
export function execute(source: string, nodes: Node[], data: Value, options: ExecuteOptions = {}): string {
  return new Execution(source, data, options).run(nodes);
}

class Execution {
  readonly #source: string;
  readonly #options: ExecuteOptions;
  readonly #data: Value;
  readonly #variables: [string, Value][];
  #out = "";

  constructor(source: string, data: Value, options: ExecuteOptions) {
    this.#source = source;
    this.#options = options;
    this.#data = data;
    this.#variables = [["$", data]];
  }

  run(nodes: Node[]): string {
    this.#list(nodes, this.#data);
    return this.#out;
  }

  #list(nodes: Node[], dot: Value): void {
    for (const node of nodes) {
      if (node.kind === "text") this.#out += node.text;
      else if (node.kind === "break" || node.kind === "continue") throw new Leave(node.kind);
      else if (node.kind === "action") {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.#out += show(value);
      } else this.#scoped(() => (node.kind === "range" ? this.#range(node, dot) : this.#branch(node, dot)));
    }
  }

  #scoped(body: () => void): void {
    const depth = this.#variables.length;
    try {
      body();
    } finally {
      this.#variables.length = depth;
    }
  }

  #branch(node: Control, dot: Value): void {
    const value = this.#pipe(node.pipe, dot);
    if (truth(value)) this.#list(node.body, node.kind === "with" ? value : dot);
    else this.#list(node.otherwise, dot);
  }

  #range(node: Control, dot: Value): void {
    const { variables, assigns, commands } = node.pipe;
    const value = this.#pipe({ variables: [], assigns: false, commands }, dot);
    const entries = this.#entries(value, commands);
    if (entries.length === 0) this.#list(node.otherwise, dot);
    for (const [key, element] of entries) {
      const depth = this.#variables.length;
      const [first, second] = variables;
      if (first !== undefined) this.#set(first, second === undefined ? element : key, assigns);
      if (second !== undefined) this.#set(second, element, assigns);
      try {
        this.#list(node.body, element);
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.kind === "break") return;
      } finally {
        this.#variables.length = depth;
      }
    }
  }

  #entries(value: Value, commands: Operand[][]): [Value, Value][] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((one, at): [Value, Value] => [at, one]);
    if (typeof value === "number") return Array.from({ length: value }, (_, at): [Value, Value] => [at, at]);
    if (typeof value === "object") {
      return Object.entries(value as Record<string, Value>).sort(([a], [b]) => (a < b ? -1 : 1));
    }
    throw this.#fail(commands, `range can't iterate over ${show(value)}`);
  }

  #set(name: string, value: Value, assigns: boolean): void {
    if (!assigns) {
      this.#variables.push([name, value]);
      return;
    }
    const variable = this.#variables.findLast(([known]) => known === name)!;
    variable[1] = value;
  }

  #pipe(pipe: Pipe, dot: Value): Value {
    let value: Value;
    let piped = false;
    for (const command of pipe.commands) {
      value = this.#command(command, dot, piped ? [value] : []);
      piped = true;
    }
    for (const name of pipe.variables) this.#set(name, value, pipe.assigns);
    return value;
  }

  #command(command: Operand[], dot: Value, final: Value[]): Value {
    const [first, ...rest] = command as [Operand, ...Operand[]];
    if (first.kind === "function") return this.#call(first, command, rest, dot, final);
    const takesArguments = rest.length > 0 || final.length > 0;
    const args = () => [...rest.map((operand) => this.#operand(operand, dot)), ...final];
    if (first.kind === "field" || first.kind === "variable" || first.kind === "pipe") {
      return this.#operand(first, dot, takesArguments ? args() : undefined);
    }
    if (takesArguments)
      throw this.#fail([command], `can't give argument to non-function ${this.#text(first)}`);
    if (first.kind === "nil") throw this.#fail([command], "nil is not a command");
    return this.#operand(first, dot);
  }

  #call(
    first: Operand & { kind: "function" },
    command: Operand[],
    rest: Operand[],
    dot: Value,
    final: Value[],
  ): Value {
    if (first.name === "and" || first.name === "or") {
      let value: Value;
      for (const operand of rest) {
        value = this.#operand(operand, dot);
        if (truth(value) === (first.name === "or")) return value;
      }
      return final.length > 0 ? final[0] : value;
    }
    const act = this.#options.header ? headerFunction(first.name) : lookup(first.name);
    const args = [...rest.map((operand) => this.#operand(operand, dot)), ...final];
    try {
      return act(...args);
    } catch (error) {
      if (error instanceof LocalError) throw error;
      throw this.#fail([command], `error calling ${first.name}: ${messageOf(error)}`);
    }
  }

  #operand(operand: Operand, dot: Value, args?: Value[]): Value {
    if (operand.kind === "dot") return dot;
    if (operand.kind === "nil") return null;
    if (operand.kind === "constant") return operand.value;
    if (operand.kind === "function") return this.#call(operand, [operand], [], dot, []);
    if (operand.kind === "field") return this.#path(dot, operand, args);
    if (operand.kind === "pipe") return this.#path(this.#pipe(operand.pipe, dot), operand, args);
    const variable = this.#variables.findLast(([name]) => name === operand.name);
    return this.#path(variable?.[1], operand, args);
  }

  #path(from: Value, operand: Operand & { path: string[] }, args?: Value[]): Value {
    let value = from;
    for (const [at, name] of operand.path.entries()) {
      value = this.#field(value, name, operand, at === operand.path.length - 1 ? args : undefined);
    }
    if (operand.path.length === 0 && args !== undefined) {
      throw this.#fail([[operand]], `can't give argument to non-function ${this.#text(operand)}`);
    }
    return value;
  }

  #field(from: Value, name: string, operand: Operand, args?: Value[]): Value {
    if (from === null || from === undefined) {
      throw this.#fail([[operand]], `nil data; no entry for key "${name}"`);
    }
    if (typeof from !== "object" || Array.isArray(from)) {
      const type = Array.isArray(from) ? "[]interface {}" : typeof from;
      throw this.#fail([[operand]], `can't evaluate field ${name} in type ${type}`);
    }
    const object = from as Record<string, Value>;
    if (!Object.hasOwn(object, name)) {
      const type = from === this.#data ? this.#options.typeName : undefined;
      const why =
        type === undefined
          ? `map has no entry for key "${name}"`
          : `can't evaluate field ${name} in type ${type}`;
      throw this.#fail([[operand]], why);
    }
    const value = object[name];
    if (typeof value === "function") return value(...(args ?? []));
    if (args !== undefined && !this.#options.header)
      throw this.#fail([[operand]], `${name} is not a method but has arguments`);
    return value;
  }

  #text(operand: Operand): string {
    return this.#source.slice(operand.start, operand.end);
  }

  #fail(commands: Operand[][], message: string): Error {
    const first = commands[0]?.[0];
    const last = commands.at(-1)?.at(-1);
    return executionError(this.#source, first?.start ?? 0, last?.end ?? 0, message);
  }
}
