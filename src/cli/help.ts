import type { Command, Entry } from "./command.ts";
import { flagUsages } from "./flags/usage.ts";
import { globalFlags } from "./global.ts";
import { programName } from "./program.ts";
import { entries, find, groups } from "./registry.ts";
import { print, printError } from "./streams/print.ts";

const columns = () => process.stdout.columns ?? 80;

export function usageLines(command: Command, name: string): string {
  const lines = typeof command.usage === "string" ? [command.usage] : command.usage;
  const start = `${programName()} ${name}`;
  return `Usage:  ${lines.map((line) => (line === "" ? start : `${start} ${line}`)).join("\n\t")}`;
}

/** The text of `slipway run --help`. */
export function commandHelp(entry: Entry, command: Command, name: string): string {
  const program = programName();
  const parts = [usageLines(command, name), command.description ?? entry.summary];
  if (entry.names.length > 1) {
    parts.push(`Aliases:\n  ${entry.names.map((alias) => `${program} ${alias}`).join(", ")}`);
  }
  const flags = Object.values(command.flags).some((flag) => !flag.hidden)
    ? `\n\nOptions:\n${flagUsages(command.flags, columns())}`
    : "\n";
  return parts.join("\n\n") + flags;
}

/** The text of `slipway help run`; the status is 1 when there is no such command. */
export async function helpFor(words: readonly string[]): Promise<number> {
  const [first = ""] = words;
  if (words.length === 1 && Object.hasOwn(groups, first)) {
    print(commandList(first));
    return 0;
  }
  const found = find([...words, "--help"]);
  if (found === undefined) {
    printError(`unknown help topic: ${words.join(" ")}\n`);
    return 1;
  }
  print(commandHelp(found.entry, (await found.entry.load()).default, found.name));
  return 0;
}

/** The text of `slipway --help`, or of `slipway image --help`. */
export function commandList(group?: string): string {
  const program = programName();
  if (group !== undefined) {
    const commands = entries
      .filter((one) => one.names[0]!.startsWith(`${group} `))
      .map((one): [string, string] => [one.names[0]!.slice(group.length + 1), one.summary]);
    const more = `Run '${program} ${group} COMMAND --help' for more information on a command.`;
    return `Usage:  ${program} ${group} COMMAND\n\n${groups[group]}\n\nCommands:\n${rows(commands)}\n\n${more}\n`;
  }
  const top = entries.flatMap((one) => {
    const name = one.names.find((candidate) => !candidate.includes(" "));
    return name === undefined ? [] : [{ name, entry: one }];
  });
  const pick = (common: boolean) =>
    top
      .filter((one) => (one.entry.common ?? false) === common)
      .map((one): [string, string] => [one.name, one.entry.summary]);
  const order = "run exec ps pull push images login logout search version info".split(" ");
  const common = pick(true).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const others = [...pick(false), ["daemon", "Run the engine in the foreground"] as [string, string]].sort();
  return [
    `Usage:  ${program} [OPTIONS] COMMAND`,
    "A complete container engine in one executable",
    `Common Commands:\n${rows(common)}`,
    `Management Commands:\n${rows(Object.entries(groups))}`,
    `Commands:\n${rows(others)}`,
    `Global Options:\n${flagUsages(globalFlags, columns())}`,
    `Run '${program} COMMAND --help' for more information on a command.\n`,
  ]
    .join("\n\n")
    .replace("\n\n\nRun", "\n\nRun");
}

function rows(commands: [string, string][]): string {
  return commands.map(([name, summary]) => `  ${name.padEnd(11)} ${summary}`).join("\n");
}
