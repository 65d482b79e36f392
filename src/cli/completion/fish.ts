import { flagObjects, namesCommand, type Word, type WordFlag, wordsBelow } from "./vocabulary.ts";

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** A script for fish: one rule a command, one a flag. */
export function fishScript(program: string, words: readonly Word[]): string {
  const conditions = conditionsOf(words);
  const lines = [`complete -c ${program} -f`];
  const rule = (condition: string, what: string) =>
    lines.push(`complete -c ${program} -n ${quoted(condition)} ${what}`);
  for (const word of words) {
    const { offered, seen } = conditions(word);
    rule(offered, `-a ${quoted(word.name.split(" ").at(-1)!)} -d ${quoted(word.summary)}`);
    for (const flag of word.flags) rule(seen, flagRule(program, flag));
    if (word.objects.length > 0) {
      rule(seen, `-a ${quoted(`(${word.objects.map((kind) => namesCommand(program, kind)).join("; ")})`)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function flagRule(program: string, { name, short, description, takesValue }: WordFlag): string {
  const kind = flagObjects[name];
  const named = kind === undefined ? " -r" : ` -x -a ${quoted(`(${namesCommand(program, kind)})`)}`;
  const letter = short === undefined ? "" : ` -s ${short}`;
  return `-l ${name}${letter}${takesValue ? named : ""} -d ${quoted(description)}`;
}

const anyOf = (names: readonly string[]) => `__fish_seen_subcommand_from ${names.join(" ")}`;

/** When a word is offered, and when it stands in the line. */
function conditionsOf(words: readonly Word[]): (word: Word) => { offered: string; seen: string } {
  const first = words.filter(({ name }) => !name.includes(" "));
  const below = new Map([...wordsBelow(words, "groups"), ...wordsBelow(words, "commands")]);
  const nesting = [...below.keys()].filter((name) => !name.includes(" "));
  return ({ name }) => {
    const parts = name.split(" ");
    const parents = parts.slice(0, -1);
    const siblings = parents.length === 0 ? first : (below.get(parents.join(" ")) ?? []);
    const own = parts.map((part) => anyOf([part]));
    // A verb such as rm is several nouns', and without one it is containers'.
    const alone = parents.length > 0 ? [] : [`not ${anyOf(nesting.filter((noun) => noun !== name))}`];
    const unfinished = `not ${anyOf(siblings.map((word) => word.name))}`;
    return {
      offered: [...own.slice(0, -1), unfinished].join("; and "),
      seen: [...own, ...alone].join("; and "),
    };
  };
}
