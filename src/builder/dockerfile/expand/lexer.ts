import { quote } from "../quote.ts";
import { Cursor } from "./cursor.ts";
import { expandDollar, type Reading } from "./dollar.ts";
import { ExpansionError } from "./error.ts";
import { refuseLong, refuseMuch } from "./limits.ts";
import type { Variables } from "./variables.ts";
import { WordList } from "./word-list.ts";

/** The character that takes the meaning of the next one: what the `escape` directive says. */
export type Escape = "\\" | "`";

export interface LexerOptions {
  readonly keepQuotes?: boolean;
  readonly keepEscapes?: boolean;
  /** Quotes are characters as others. */
  readonly ignoreQuotes?: boolean;
  /** References to what is not set stay as they are written. */
  readonly keepUnset?: boolean;
}

export interface Expansion {
  readonly text: string;
  /** The text split at blanks that are neither quoted nor escaped, those in values of variables included. */
  words(): string[];
  /** Names that it referred to: those that are set, and those that are not. */
  readonly matched: ReadonlySet<string>;
  readonly unmatched: ReadonlySet<string>;
}

/**
 * Expands words of a Dockerfile as a shell would: `$name`, `${name}`, the modifiers of the Dockerfile reference ("Environment
 * replacement"), quotes, and the escape character. Throws ExpansionError.
 *
 *     new Lexer("\\").expand("${dir:-/srv}/'a b'", variables).text;   // "/srv/a b"
 */
export class Lexer {
  #spent = 0;

  constructor(
    readonly token: Escape,
    readonly options: LexerOptions = {},
  ) {}

  expand(source: string, variables: Variables): Expansion {
    const run = new LexerRun(new Cursor(source), variables, this.token, this.options);
    try {
      const list = run.until(undefined);
      this.#spent += list.text.length;
      refuseMuch(this.#spent);
      const { matched, unmatched } = run;
      return { text: list.text, words: () => list.words(), matched, unmatched };
    } catch (error) {
      if (!(error instanceof ExpansionError)) throw error;
      throw new ExpansionError(`failed to process ${quote(source)}: ${error.message}`);
    }
  }

  words(source: string, variables: Variables): string[] {
    return this.expand(source, variables).words();
  }
}

/** Substitutions within substitutions. */
const deepest = 100;

/** One expansion: the text's reader, and what has been seen. */
class LexerRun implements Reading {
  readonly matched = new Set<string>();
  readonly unmatched = new Set<string>();
  #keepEscapes: boolean;
  #depth = 0;

  constructor(
    readonly cursor: Cursor,
    readonly variables: Variables,
    readonly token: Escape,
    readonly options: LexerOptions,
  ) {
    this.#keepEscapes = options.keepEscapes === true;
  }

  get keepUnset(): boolean {
    return this.options.keepUnset === true;
  }

  value(name: string): string | undefined {
    const value = this.variables.get(name);
    (value === undefined ? this.unmatched : this.matched).add(name);
    return value;
  }

  /** Expands up to a character, which is taken, or to the end. Escape characters stay if `keepEscapes` says so. */
  until(stop: string | undefined, keepEscapes = this.#keepEscapes): WordList {
    const before = this.#keepEscapes;
    this.#keepEscapes = keepEscapes;
    if (++this.#depth > deepest) throw new ExpansionError("substitutions are nested too deeply");
    try {
      return this.#until(stop);
    } finally {
      this.#keepEscapes = before;
      this.#depth--;
    }
  }

  #until(stop: string | undefined): WordList {
    const list = new WordList();
    for (let next = this.cursor.peek; next !== undefined; next = this.cursor.peek) {
      if (next === stop) {
        this.cursor.take();
        return list;
      }
      if (next === "$") list.add(expandDollar(this));
      else if (next === "<") list.addWhole(this.#angle());
      else if (next === "'" && this.options.ignoreQuotes !== true) list.addWhole(this.#singleQuoted());
      else if (next === '"' && this.options.ignoreQuotes !== true) list.addWhole(this.#doubleQuoted());
      else if (next === this.token) list.addWhole(this.#escaped());
      else list.add(this.cursor.take() ?? "");
      this.#refuseLong(list.text);
    }
    if (stop === undefined) return list;
    throw new ExpansionError(`unexpected end of statement while looking for matching ${stop}`);
  }

  #refuseLong(text: string): void {
    refuseLong(text.length, this.cursor.text.length);
  }

  #escaped(): string {
    const token = this.cursor.take() ?? "";
    return (this.#keepEscapes ? token : "") + (this.cursor.take() ?? "");
  }

  /** A heredoc's word may have blanks between `<<` and its name. */
  #angle(): string {
    this.cursor.take();
    if (this.cursor.peek !== "<") return "<";
    this.cursor.take();
    return `<<${this.cursor.takeWhile((character) => /[\t\r ]/.test(character))}`;
  }

  #quote(): string {
    const character = this.cursor.take() ?? "";
    return this.options.keepQuotes === true ? character : "";
  }

  /** Everything up to the next single quote; nothing can be escaped. */
  #singleQuoted(): string {
    const open = this.#quote();
    const text = this.cursor.takeWhile((character) => character !== "'");
    if (this.cursor.peek === undefined)
      throw new ExpansionError("unexpected end of statement while looking for matching single-quote");
    return open + text + this.#quote();
  }

  /** Everything up to the next double quote, with variables; only `"`, `$` and the escape character can be escaped. */
  #doubleQuoted(): string {
    let text = this.#quote();
    for (let next = this.cursor.peek; next !== '"'; next = this.cursor.peek) {
      if (next === undefined)
        throw new ExpansionError("unexpected end of statement while looking for matching double-quote");
      if (next === "$") {
        text += expandDollar(this);
        this.#refuseLong(text);
      } else text += this.cursor.take() === this.token ? this.#escapedInQuotes() : next;
    }
    return text + this.#quote();
  }

  #escapedInQuotes(): string {
    const next = this.cursor.peek;
    const kept = this.#keepEscapes ? this.token : "";
    if (next === undefined) return kept;
    if (next !== '"' && next !== "$" && next !== this.token) return kept + this.token;
    return kept + (this.cursor.take() ?? "");
  }
}
