import { type Expansion, ExpansionError, Lexer, type LexerOptions } from "../expand/index.ts";
import type { Command } from "../instructions/index.ts";
import { rules } from "../lint/index.ts";
import { closest } from "../suggest.ts";
import type { Conversion } from "./conversion.ts";
import { placeOf } from "./from-lint.ts";
import type { PlannedCommand, StageImage, StageState } from "./stage-state.ts";
import { prefixed } from "./vertex-name.ts";

const comment = "buildkit.dockerfile.v0";

/** One instruction of a stage while it becomes part of the graph. */
export class Step<C extends Command = Command> {
  constructor(
    readonly conversion: Conversion,
    readonly state: StageState,
    readonly image: StageImage,
    readonly planned: PlannedCommand,
    readonly command: C,
  ) {}

  /** Replaces variables; tells the author of those that nobody sets. */
  expand(word: string): string {
    return this.#checked(this.conversion.lexer.expand(word, this.state.environment)).text;
  }

  words(word: string): readonly string[] {
    return this.#checked(this.conversion.lexer.expand(word, this.state.environment)).words();
  }

  /** The content of a heredoc: quotes are characters as others. */
  expandDocument(content: string): string {
    const options: LexerOptions = { ignoreQuotes: true };
    return this.#checked(new Lexer("\\", options).expand(content, this.state.environment)).text;
  }

  #checked(expansion: Expansion): Expansion {
    const { environment, declared, unknownBase } = this.state;
    if (unknownBase) return expansion;
    for (const name of expansion.unmatched) {
      if (declared.some(({ key }) => key === name)) continue;
      const meant = closest(name, environment.names());
      const suggestion = meant === undefined ? "" : ` (did you mean $${meant}?)`;
      this.report("UndefinedVar", `Usage of undefined variable '$${name}'${suggestion}`);
    }
    return expansion;
  }

  report(rule: keyof typeof rules, message: string, command: Command = this.command): void {
    this.conversion.linter.report(rules[rule], placeOf(command), message);
  }

  /** Names a vertex of this step, and counts it. */
  name(text: string): string {
    return prefixed(this.state, text, this.conversion.manyPlatforms, this.planned.onbuild);
  }

  /** Adds an entry to the image's history. */
  record(text: string, madeLayer = false): void {
    this.image.history.push({ created_by: text, comment, ...(madeLayer ? {} : { empty_layer: true }) });
  }

  fail(message: string): never {
    throw new ExpansionError(message);
  }
}
