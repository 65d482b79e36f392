import type { Flag, FlagSet } from "./flag.ts";

/** The options of a help text: names in one column, descriptions wrapped in the other, as Docker sets them. */
export function flagUsages(flags: FlagSet, columns: number): string {
  const shown = Object.entries(flags).filter(([, flag]) => !flag.hidden);
  shown.sort(([a], [b]) => (a < b ? -1 : 1));
  const heads = shown.map(([name, flag]) => head(name, flag));
  const width = Math.max(...heads.map((one) => one.length));
  const lines = shown.map(([, flag], index) => {
    const description = flag.description + defaultNote(flag);
    return `${heads[index]!.padEnd(width)}   ${wrap(width + 3, columns - 1, description)}`;
  });
  return `${lines.join("\n")}\n`;
}

function head(name: string, flag: Flag<unknown>): string {
  const names = flag.short === undefined ? `      --${name}` : `  -${flag.short}, --${name}`;
  return flag.placeholder === "" ? names : `${names} ${flag.placeholder}`;
}

function defaultNote(flag: Flag<unknown>): string {
  return flag.shownDefault === undefined ? "" : ` (default ${flag.shownDefault})`;
}

/** Breaks text at blanks into lines of at most `columns - indent`, and keeps its own line breaks. */
function wrap(indent: number, columns: number, text: string): string {
  const margin = `\n${" ".repeat(indent)}`;
  let room = columns - indent;
  if (room < 24) room = columns - 16;
  if (room < 24) return text.replaceAll("\n", margin);
  const slack = 5;
  const [first, ...rest] = wrapOnce(room - slack, slack, text);
  let left = rest.join("");
  let out = first!.replaceAll("\n", margin);
  while (left !== "") {
    const [line, ...more] = wrapOnce(room - slack, slack, left);
    out += margin + line!.replaceAll("\n", margin);
    left = more.join("");
  }
  return out;
}

/** The next line and what is left; a little beyond `length` is used up when the text then ends. */
function wrapOnce(length: number, slack: number, text: string): [string, string] {
  if (length + slack > text.length) return [text, ""];
  const space = lastBlank(text.slice(0, length));
  if (space <= 0) return [text, ""];
  const newline = text.slice(0, length).lastIndexOf("\n");
  if (newline > 0 && newline < space) return [text.slice(0, newline), text.slice(newline + 1)];
  return [text.slice(0, space), text.slice(space + 1)];
}

function lastBlank(text: string): number {
  return Math.max(text.lastIndexOf(" "), text.lastIndexOf("\t"), text.lastIndexOf("\n"));
}
