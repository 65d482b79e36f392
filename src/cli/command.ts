import type { Client } from "../client/client.ts";
import type { ConfigFile, ConfigValues } from "./config/file.ts";
import type { FlagSet, FlagValues } from "./flags/flag.ts";

/** How many arguments a command takes. */
export interface Arity {
  readonly min: number;
  readonly max: number;
}

export const noArguments: Arity = { min: 0, max: 0 };
export const exactly = (count: number): Arity => ({ min: count, max: count });
export const atLeast = (count: number): Arity => ({ min: count, max: Number.POSITIVE_INFINITY });
export const between = (min: number, max: number): Arity => ({ min, max });

/** What a command's `run` is given. */
export interface Invocation<F extends FlagSet> {
  readonly commands: Commands;
  readonly flags: FlagValues<F>;
  /** Whether a flag was given on the command line. */
  changed(name: keyof F & string): boolean;
  readonly args: readonly string[];
  /** Connects to the engine, and starts one where none runs and that is allowed. */
  connect(): Promise<Client>;
  /** What the client's configuration says about formats, keys and the like. */
  preferences(): Promise<ConfigValues>;
  /** Reads the client's configuration to use its logins or to change it. */
  config(): Promise<ConfigFile>;
}

/** A command as lists of commands show it; its module is loaded only when it is used. */
export interface Entry {
  readonly summary: string;
  /** The full names it answers to, the one under its noun first. */
  readonly names: readonly string[];
  /** Shown among the common commands. */
  readonly common?: boolean;
  load(): Promise<{ default: Command }>;
}

/** All commands, and the groups with what they are for. */
export interface Commands {
  readonly entries: readonly Entry[];
  readonly groups: Readonly<Record<string, string>>;
}

export interface Command<F extends FlagSet = FlagSet> {
  /** The usage line behind the command's name, such as `[OPTIONS] CONTAINER`. */
  readonly usage: string | readonly string[];
  /** The first lines of the help text, when they say more than the summary in the list of commands. */
  readonly description?: string;
  readonly arity: Arity;
  readonly flags: F;
  /** False when the first argument ends the flags, because what follows is another program's. */
  readonly interspersed?: boolean;
  /** The exit status of a failure; 1 when absent. `run` and its like take 125. */
  readonly failureStatus?: number;
  /** Returns the exit status; absent: 0. */
  run(invocation: Invocation<F>): Promise<number | undefined>;
}

/** Checks a command's definition against its flags and forgets their types. */
export function command<F extends FlagSet>(definition: Command<F>): Command {
  return definition as unknown as Command;
}

/** A failure with an exit status of its own; without a message, everything has been said already. */
export class StatusError extends Error {
  constructor(
    readonly status: number,
    message = "",
  ) {
    super(message);
  }
}
