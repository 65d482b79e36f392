/*
 * The command line. Nothing but the parser and the table of commands is loaded before the command is known:
 * a command's start-up is most of its time.
 */
import { StatusError } from "./command.ts";
import type { FlagSet } from "./flags/flag.ts";
import { FlagError, parseFlags } from "./flags/parse.ts";
import { globalFlags } from "./global.ts";
import { chooseHost } from "./host.ts";
import { programName } from "./program.ts";
import { entries, find, groups } from "./registry.ts";
import { print, printError } from "./streams/print.ts";

/** Runs a command line and returns the exit status. Never throws. */
export async function run(argv: string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    if (error instanceof StatusError) {
      if (error.message !== "") printError(`${error.message}\n`);
      return error.status;
    }
    const { report } = await import("./report.ts");
    return report(error, 1);
  }
}

async function dispatch(argv: string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-v")) return await version();
  const global = parseGlobal(argv);
  const words = global.args;
  if (global.values.version) return await version();
  const help = await wantsGroupHelp(words, global.help);
  if (help !== undefined) return help;
  const found = find(words);
  if (found === undefined) throw unknown(words);
  const { runCommand } = await import("./run-command.ts");
  const rest = words.slice(found.name.split(" ").length);
  return await runCommand(found.entry, found.name, rest, {
    host: () => chooseHost(global.values.host, global.values.context),
    config: global.values.config,
    debug: global.values.debug || isTalkative(global.values["log-level"]),
    commands: { entries, groups },
  });
}

/** Whether a level of logging is that of debug mode. Throws for what is no level, as docker does. */
function isTalkative(level: string): boolean {
  const levels = ["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace", ""];
  if (!levels.includes(level.toLowerCase()))
    throw new StatusError(1, `Unable to parse logging level: ${level}`);
  return ["debug", "trace"].includes(level.toLowerCase());
}

function parseGlobal(argv: string[]) {
  try {
    return parseFlags(globalFlags as FlagSet & typeof globalFlags, argv, { interspersed: false });
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const program = programName();
    const usage = `Usage:  ${program} [OPTIONS] COMMAND [ARG...]\n\nRun '${program} --help' for more information`;
    throw new StatusError(125, `${error.message}\n\n${usage}`);
  }
}

async function version(): Promise<number> {
  const { productVersion, gitCommit } = await import("../api/product.ts");
  const product = programName() === "docker" ? "Docker" : "Slipway";
  print(`${product} version ${productVersion}, build ${gitCommit}\n`);
  return 0;
}

/** Prints the list of commands when that is what was asked for: `slipway`, `slipway help`, `slipway image`. */
async function wantsGroupHelp(words: readonly string[], help: boolean): Promise<number | undefined> {
  const [first, second, third] = words;
  if (first === undefined || help) return await listing();
  if (first === "help") {
    if (second === undefined) return await listing();
    const { helpFor } = await import("./help.ts");
    return await helpFor(words.slice(1));
  }
  const inGroup = Object.hasOwn(groups, first);
  if (
    inGroup &&
    (second === undefined || ((second === "--help" || second === "-h") && third === undefined))
  ) {
    return await listing(first);
  }
  return undefined;
}

async function listing(group?: string): Promise<number> {
  const { commandList } = await import("./help.ts");
  print(commandList(group));
  return 0;
}

function unknown(words: readonly string[]): StatusError {
  const program = programName();
  const [first = "", second = ""] = words;
  const inGroup = Object.hasOwn(groups, first);
  const path = inGroup ? `${program} ${first}` : program;
  const usage = inGroup ? `\n\nUsage:  ${path}` : "";
  const name = inGroup ? `${path} ${second}` : `${program} ${first}`;
  return new StatusError(
    1,
    `${program}: unknown command: ${name}${usage}\n\nRun '${path} --help' for more information`,
  );
}
