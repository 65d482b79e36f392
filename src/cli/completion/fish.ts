import { namesCommand, type Word, wordsBelow } from "./vocabulary.ts";

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** A script for fish: one rule a command, one a flag. */
export function fishScript(program: string, words: readonly Word[]): string {
  const first = words.map(({ name }) => name).filter((name) => !name.includes(" "));
  const nesting = [...wordsBelow(words, "groups").keys(), ...wordsBelow(words, "commands").keys()].filter(
    (name) => !name.includes(" "),
  );
  const lines = [`complete -c ${program} -f`];
  for (const { name, summary, flags, objects } of words) {
    const parts = name.split(" ");
    const last = parts.at(-1)!;
    const seenAll = (list: readonly string[]) =>
      list.map((part) => `__fish_seen_subcommand_from ${part}`).join("; and ");
    // A verb such as rm is several nouns' and, without one, containers'.
    const others = nesting.filter((parent) => parent !== name);
    const seen =
      parts.length > 1
        ? seenAll(parts)
        : `${seenAll(parts)}; and not __fish_seen_subcommand_from ${others.join(" ")}`;
    const offered =
      parts.length === 1 ? `not __fish_seen_subcommand_from ${first.join(" ")}` : seenAll(parts.slice(0, -1));
    lines.push(`complete -c ${program} -n ${quoted(offered)} -a ${quoted(last)} -d ${quoted(summary)}`);
    for (const flag of flags) {
      const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
      const value = flag.takesValue ? " -r" : "";
      lines.push(
        `complete -c ${program} -n ${quoted(seen)} -l ${flag.name}${short}${value} -d ${quoted(flag.description)}`,
      );
    }
    if (objects.length > 0) {
      const commands = objects.map((kind) => namesCommand(program, kind)).join("; ");
      lines.push(`complete -c ${program} -n ${quoted(seen)} -a ${quoted(`(${commands})`)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
