/** One command of a shell's line, without what only says how it is run: `sudo`, `env A=b`, `A=b`. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly sudo: boolean;
  /** What it writes goes into the next one. */
  readonly piped: boolean;
}

/**
 * The commands of a shell script, well enough to tell what is installed, removed and fetched. Quotes go; substitutions, loops and
 * conditions are read as if they were words.
 */
export function shellCommands(script: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  for (const token of tokens(script)) {
    if (!token.operator) words.push(token.text);
    else {
      if (words.length > 0) commands.push(command(words, token.text === "|"));
      words = [];
    }
  }
  if (words.length > 0) commands.push(command(words, false));
  return commands.filter((each) => each.words.length > 0);
}

interface Token {
  readonly text: string;
  readonly operator: boolean;
}

const token = /(&&|\|\||[;|&\n(){}])|((?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s;|&(){}"'\\]|["'])+)|[^\S\n]+/gsu;

function tokens(script: string): Token[] {
  const tokens: Token[] = [];
  for (const [, operator, word] of script.replace(/\\\n|^[ \t]*#.*$/gm, "").matchAll(token)) {
    if (operator !== undefined) tokens.push({ text: operator, operator: true });
    else if (word !== undefined) tokens.push({ text: unquote(word), operator: false });
  }
  return tokens;
}

const unquote = (word: string): string =>
  word.replace(/\\(.)|["']/gsu, (_, escaped: string | undefined) => escaped ?? "");

const wrappers = new Set([
  "sudo",
  "env",
  "exec",
  "time",
  "nice",
  "command",
  "then",
  "do",
  "else",
  "if",
  "!",
  "set",
]);

function command(words: readonly string[], piped: boolean): ShellCommand {
  let at = 0;
  let sudo = false;
  for (; at < words.length; at++) {
    const word = words[at]!;
    sudo ||= word === "sudo";
    const option = at > 0 && word.startsWith("-") && wrappers.has(words[at - 1]!);
    if (!wrappers.has(word) && !option && !/^\w+=/.test(word)) break;
  }
  return { words: words.slice(at), sudo, piped };
}

/** The words of a command that are no options. */
export const operands = ({ words }: ShellCommand): string[] =>
  words.slice(1).filter((word) => !word.startsWith("-"));

export const hasOption = ({ words }: ShellCommand, ...names: readonly string[]): boolean =>
  words.some((word) => names.some((name) => word === name || word.startsWith(`${name}=`)));

/** Whether a program is run with a subcommand: `apt-get install`, `pip install`. */
export function runs(command: ShellCommand, programs: RegExp, subcommand?: RegExp): boolean {
  const program = command.words[0]?.split("/").at(-1) ?? "";
  return programs.test(program) && (subcommand === undefined || subcommand.test(operands(command)[0] ?? ""));
}
