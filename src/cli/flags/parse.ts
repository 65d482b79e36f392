import { messageOf } from "../../errors/index.ts";
import { printError } from "../streams/print.ts";
import type { Flag, FlagSet, FlagValues } from "./flag.ts";

/** A command line that does not fit its flags; the message is Docker's. */
export class FlagError extends Error {}

export interface Parsed<F extends FlagSet> {
  values: FlagValues<F>;
  /** The long names of the flags that were given. */
  changed: ReadonlySet<string>;
  args: string[];
  help: boolean;
}

interface Input {
  readonly flags: FlagSet;
  readonly args: readonly string[];
  at: number;
  readonly values: Record<string, unknown>;
  readonly changed: Set<string>;
  readonly warn: (message: string) => void;
}

/**
 * Reads a command line as Docker does: `--name value`, `--name=value`, `-n value`, `-nvalue`, joined switches
 * (`-it`), `--` ends the flags. With `interspersed: false` the first argument ends them too.
 */
export function parseFlags<F extends FlagSet>(
  flags: F,
  args: readonly string[],
  options: { interspersed?: boolean; warn?: (message: string) => void } = {},
): Parsed<F> {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) values[name] = flag.zero;
  const input: Input = {
    ...{ flags, args, at: 0, values },
    changed: new Set(),
    warn: options.warn ?? ((message) => printError(`${message}\n`)),
  };
  const rest: string[] = [];
  let help = false;
  while (input.at < args.length) {
    const arg = args[input.at++]!;
    if (arg === "--") {
      rest.push(...args.slice(input.at));
      break;
    }
    if (arg === "--help" || (arg === "-h" && shorthand(flags, "h") === undefined)) {
      help = true;
      break;
    }
    if (arg.startsWith("--")) long(input, arg);
    else if (arg.startsWith("-") && arg.length > 1) short(input, arg);
    else {
      rest.push(arg);
      if (options.interspersed === false) {
        rest.push(...args.slice(input.at));
        break;
      }
    }
  }
  return { values: values as FlagValues<F>, changed: input.changed, args: rest, help };
}

function long(input: Input, arg: string): void {
  const at = arg.indexOf("=");
  const name = at < 0 ? arg.slice(2) : arg.slice(2, at);
  if (name === "" || name.startsWith("-")) throw new FlagError(`bad flag syntax: ${arg}`);
  const flag = Object.hasOwn(input.flags, name) ? input.flags[name] : undefined;
  if (flag === undefined) throw new FlagError(`unknown flag: --${name}`);
  const text = at < 0 ? (flag.bare ?? input.args[input.at++]) : arg.slice(at + 1);
  if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`);
  set(input, name, flag, text);
}

function short(input: Input, arg: string): void {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at]!;
    const name = shorthand(input.flags, letter);
    if (name === undefined) throw new FlagError(`unknown shorthand flag: '${letter}' in -${arg.slice(at)}`);
    const flag = input.flags[name]!;
    const attached = arg.slice(at + 1);
    if (attached.startsWith("=")) {
      set(input, name, flag, attached.slice(1));
      return;
    }
    if (flag.bare !== undefined) {
      set(input, name, flag, flag.bare);
      continue;
    }
    const text = attached === "" ? input.args[input.at++] : attached;
    if (text === undefined) throw new FlagError(`flag needs an argument: '${letter}' in -${arg.slice(at)}`);
    set(input, name, flag, text);
    return;
  }
}

function shorthand(flags: FlagSet, letter: string): string | undefined {
  for (const [name, flag] of Object.entries(flags)) if (flag.short === letter) return name;
  return undefined;
}

function set(input: Input, name: string, flag: Flag<unknown>, text: string): void {
  try {
    input.values[name] = flag.add(text, input.values[name]);
  } catch (error) {
    const shown = flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;
    throw new FlagError(`invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${messageOf(error)}`);
  }
  if (!input.changed.has(name) && flag.deprecated !== undefined) {
    input.warn(`Flag --${name} has been deprecated, ${flag.deprecated}`);
  }
  input.changed.add(name);
}
