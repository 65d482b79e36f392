import { templateError } from "./error.ts";
import { builtin } from "./functions.ts";
import { lex, type Token } from "./lex.ts";
import type { Node, Operand, Pipe } from "./node.ts";
import { unquote } from "./quote.ts";

/** Reads a template; throws a LocalError with what is wrong in Go's words. */
export function parseTemplate(source: string): Node[] {
  return new Parser(source).all();
}

type Ending = "end" | "else" | "eof";

class Parser {
  readonly #source: string;
  readonly #tokens: Token[];
  #at = 0;
  readonly #scopes: string[][] = [["$"]];
  #loops = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = lex(source);
  }

  all(): Node[] {
    const { nodes, ending } = this.#list();
    if (ending !== "eof") throw this.#fail(`unexpected {{${ending}}}`);
    return nodes;
  }

  #list(): { nodes: Node[]; ending: Ending } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === "end") return { nodes, ending: "eof" };
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text });
        continue;
      }
      this.#blanks();
      const word = this.#peek().kind === "word" ? this.#peek().text : "";
      if (word === "end" || word === "else") {
        this.#next();
        this.#blanks();
        if (word === "end") this.#close("end");
        return { nodes, ending: word };
      }
      nodes.push(this.#action(word));
    }
  }

  #action(word: string): Node {
    if (word === "if" || word === "with" || word === "range") {
      this.#next();
      return this.#control(word);
    }
    if (word === "break" || word === "continue") {
      this.#next();
      this.#blanks();
      if (this.#loops === 0) throw this.#fail(`{{${word}}} outside {{range}}`);
      this.#close(word);
      return word === "break" ? { kind: "break" } : { kind: "continue" };
    }
    if (word === "template" || word === "define" || word === "block") {
      throw this.#fail(`{{${word}}} is not available: write one template`);
    }
    const pipe = this.#pipe("command");
    this.#close("command");
    return { kind: "action", pipe };
  }

  #control(kind: "if" | "with" | "range"): Node {
    this.#scopes.push([]);
    const pipe = this.#pipe(kind);
    this.#close(kind);
    if (kind === "range") this.#loops++;
    const { nodes: body, ending } = this.#list();
    if (kind === "range") this.#loops--;
    let otherwise: Node[] = [];
    if (ending === "eof") throw this.#fail("unexpected EOF");
    if (ending === "else") otherwise = this.#otherwise(kind);
    this.#scopes.pop();
    return { kind, pipe, body, otherwise };
  }

  #otherwise(kind: "if" | "with" | "range"): Node[] {
    const next = this.#peek();
    if (kind !== "range" && next.kind === "word" && next.text === kind) {
      this.#next();
      return [this.#control(kind)];
    }
    this.#close("else");
    const { nodes, ending } = this.#list();
    if (ending === "else") throw this.#fail("expected end; found {{else}}");
    if (ending === "eof") throw this.#fail("unexpected EOF");
    return nodes;
  }

  #pipe(context: string): Pipe {
    const pipe: Pipe = { variables: [], assigns: false, commands: [] };
    this.#blanks();
    this.#declarations(pipe, context);
    for (;;) {
      const command = this.#command();
      if (command.length === 0) throw this.#fail(`missing value for ${context}`);
      pipe.commands.push(command);
      if (this.#peek().text !== "|") break;
      this.#next();
    }
    for (const name of pipe.assigns ? [] : pipe.variables) this.#scopes.at(-1)!.push(name);
    return pipe;
  }

  #declarations(pipe: Pipe, context: string): void {
    const start = this.#at;
    for (;;) {
      const token = this.#peek();
      if (token.kind !== "variable") break;
      this.#next();
      this.#blanks();
      pipe.variables.push(token.text);
      const mark = this.#peek();
      if (mark.kind === "mark" && (mark.text === ":=" || mark.text === "=")) {
        this.#next();
        pipe.assigns = mark.text === "=";
        if (pipe.assigns) for (const name of pipe.variables) this.#checkVariable(name);
        return;
      }
      if (context !== "range" || mark.text !== "," || pipe.variables.length > 1) break;
      this.#next();
      this.#blanks();
    }
    pipe.variables = [];
    this.#at = start;
  }

  #command(): Operand[] {
    const operands: Operand[] = [];
    for (;;) {
      this.#blanks();
      const operand = this.#operand();
      if (operand === undefined) return operands;
      operands.push(operand);
    }
  }

  #operand(): Operand | undefined {
    const token = this.#peek();
    const where = { start: token.at, end: token.at + token.text.length };
    if (token.kind === "word") return this.#word(token, where);
    if (token.kind === "field") return this.#chained({ kind: "field", path: [], ...where });
    if (token.kind === "variable") {
      this.#next();
      this.#checkVariable(token.text);
      return this.#chained({ kind: "variable", name: token.text, path: [], ...where });
    }
    if (token.kind === "string") {
      this.#next();
      return { kind: "constant", value: unquote(this.#source, token.text, token.at), ...where };
    }
    if (token.kind === "number") {
      this.#next();
      return { kind: "constant", value: Number(token.text), ...where };
    }
    if (token.text === "." && token.kind === "mark") {
      this.#next();
      return { kind: "dot", ...where };
    }
    if (token.text !== "(" || token.kind !== "mark") return undefined;
    this.#next();
    const pipe = this.#pipe("parenthesized pipeline");
    const closing = this.#next();
    if (closing.text !== ")") throw this.#fail(`unclosed left paren`);
    return this.#chained({ kind: "pipe", pipe, path: [], start: where.start, end: closing.at + 1 });
  }

  #word(token: Token, where: { start: number; end: number }): Operand {
    this.#next();
    if (token.text === "true" || token.text === "false") {
      return { kind: "constant", value: token.text === "true", ...where };
    }
    if (token.text === "nil") return { kind: "nil", ...where };
    if (!builtin(token.text)) throw this.#fail(`function "${token.text}" not defined`);
    return { kind: "function", name: token.text, ...where };
  }

  #chained<T extends Operand & { path: string[] }>(operand: T): T {
    while (this.#peek().kind === "field") {
      const token = this.#next();
      operand.path.push(token.text.slice(1));
      operand.end = token.at + token.text.length;
    }
    return operand;
  }

  #checkVariable(name: string): void {
    if (!this.#scopes.some((scope) => scope.includes(name))) throw this.#fail(`undefined variable "${name}"`);
  }

  #close(context: string): void {
    this.#blanks();
    const token = this.#next();
    if (token.kind !== "close") throw this.#fail(`unexpected <${token.text}> in ${context}`);
  }

  #blanks(): void {
    while (this.#peek().kind === "space") this.#at++;
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #next(): Token {
    return this.#tokens[this.#at++]!;
  }

  #fail(message: string): Error {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
    return templateError(this.#source, token.at, message);
  }
}
