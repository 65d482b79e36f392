export { ExpansionError } from "./error.ts";
export { type Escape, type Expansion, Lexer, type LexerOptions } from "./lexer.ts";
export { noVariables, type Variables, variablesOf } from "./variables.ts";
