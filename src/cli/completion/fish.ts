import { namesCommand, type Word } from "./vocabulary.ts";

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** A script for fish: one rule a command, one a flag. */
export function fishScript(program: string, words: readonly Word[]): string {
  const first = words.map(({ name }) => name).filter((name) => !name.includes(" "));
  const lines = [`complete -c ${program} -f`];
  for (const { name, summary, flags, objects } of words) {
    const [group = "", verb] = name.split(" ");
    const seen =
      verb === undefined
        ? `__fish_seen_subcommand_from ${group}`
        : `__fish_seen_subcommand_from ${group}; and __fish_seen_subcommand_from ${verb}`;
    const offered =
      verb === undefined
        ? `not __fish_seen_subcommand_from ${first.join(" ")}`
        : `__fish_seen_subcommand_from ${group}`;
    lines.push(
      `complete -c ${program} -n ${quoted(offered)} -a ${quoted(verb ?? group)} -d ${quoted(summary)}`,
    );
    for (const flag of flags) {
      const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
      const value = flag.takesValue ? " -r" : "";
      lines.push(
        `complete -c ${program} -n ${quoted(seen)} -l ${flag.name}${short}${value} -d ${quoted(flag.description)}`,
      );
    }
    if (objects !== undefined) {
      lines.push(
        `complete -c ${program} -n ${quoted(seen)} -a ${quoted(`(${namesCommand(program, objects)})`)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
