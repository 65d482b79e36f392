/** Rules as iptables-save printed them: table → its lines. */
export type SavedRules = ReadonlyMap<string, readonly string[]>;

export function parseSavedRules(text: string): SavedRules {
  const tables = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) {
      lines = [];
      tables.set(line.slice(1), lines);
    } else if (line.startsWith(":") || line.startsWith("-A ")) lines.push(line);
  }
  return tables;
}

/** The chain that a line declares or adds a rule to. */
export const chainOf = (line: string): string =>
  line.slice(line.startsWith(":") ? 1 : 3).split(" ", 1)[0] ?? "";

export const isRule = (line: string): boolean => line.startsWith("-A ");

/** The words of a rule; a quoted one, such as a comment, is one word with its quotes. */
export const wordsOf = (line: string): string[] => line.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];

/** The chain or target that a rule leads to. */
export function targetOf(line: string): string | undefined {
  const words = wordsOf(line);
  const at = words.findLastIndex((word) => word === "-j" || word === "-g");
  return at < 0 ? undefined : words[at + 1];
}
