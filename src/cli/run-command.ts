import { type Command, type Commands, type Entry, StatusError } from "./command.ts";
import { FlagError, parseFlags } from "./flags/parse.ts";
import { commandHelp, usageLines } from "./help.ts";
import type { HostChoice } from "./host.ts";
import { programName } from "./program.ts";
import { report } from "./report.ts";
import { print } from "./streams/print.ts";

export interface Globals {
  host(): HostChoice;
  /** The directory that --config names; empty without it. */
  config: string;
  debug: boolean;
  commands: Commands;
}

/** Loads a command, reads its flags, runs it, and reports its failure. */
export async function runCommand(
  entry: Entry,
  name: string,
  words: string[],
  globals: Globals,
): Promise<number> {
  const { default: command } = await entry.load();
  const parsed = parse(command, name, words);
  if (parsed.help) {
    print(commandHelp(entry, command, name));
    return 0;
  }
  checkArity(command, name, parsed.args.length);
  const preferences = async () => await (await import("./config/preferences.ts")).preferences(globals.config);
  try {
    const status = await command.run({
      flags: parsed.values,
      changed: (flag) => parsed.changed.has(flag),
      args: parsed.args,
      commands: globals.commands,
      connect: async () => await (await import("./connect.ts")).connect(globals.host(), await preferences()),
      preferences,
      config: async () => {
        const { configDirectory, load } = await import("./config/file.ts");
        return load(configDirectory(globals.config));
      },
    });
    return status ?? 0;
  } catch (error) {
    return report(error, command.failureStatus ?? 1, name, globals.debug);
  }
}

function parse(command: Command, name: string, words: string[]) {
  try {
    return parseFlags(command.flags, words, { interspersed: command.interspersed ?? true });
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw misuse(125, error.message, command, name);
  }
}

function checkArity(command: Command, name: string, count: number): void {
  const { min, max } = command.arity;
  if (count >= min && count <= max) return;
  const plural = (n: number) => `${n} argument${n === 1 ? "" : "s"}`;
  let needs = `requires at least ${plural(min)}`;
  if (max === 0) needs = "accepts no arguments";
  else if (min === max) needs = `requires ${plural(min)}`;
  else if (count > max)
    needs =
      min === 0 ? `requires at most ${plural(max)}` : `requires at least ${min} and at most ${plural(max)}`;
  const program = programName();
  // Docker's word differs for commands that take any number of arguments.
  const verb = min > 0 && max === Number.POSITIVE_INFINITY ? "See" : "Run";
  throw misuse(1, `${program}: '${program} ${name}' ${needs}`, command, name, verb);
}

function misuse(
  status: number,
  message: string,
  command: Command,
  name: string,
  verb: "Run" | "See" = "Run",
): StatusError {
  const more = `${verb} '${programName()} ${name} --help' for more information`;
  return new StatusError(status, `${message}\n\n${usageLines(command, name)}\n\n${more}`);
}
