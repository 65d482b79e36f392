export { readDirectives } from "./directives.ts";
export { DockerfileError, excerpt, type Source, syntaxError } from "./error.ts";
export { chompHeredoc, parseHeredoc } from "./heredoc.ts";
export type {
  Directive,
  Escape,
  Heredoc,
  Node,
  Pair,
  ParsedDockerfile,
  ParserWarning,
  Word,
} from "./node.ts";
export { parseDockerfile } from "./parse.ts";
export type { Position, Range } from "./position.ts";
