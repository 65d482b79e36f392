import { Misuse } from "./misuse.ts";

/** The fields of one line of CSV (RFC 4180): separated by commas; quoted ones may have commas, and `""` for a quote. */
export function csvFields(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  do {
    const match = line[at] === '"' ? /"((?:[^"]|"")*)"(?=,|$)/y : /[^",]*(?=,|$)/y;
    match.lastIndex = at;
    const found = match.exec(line);
    if (found === null)
      throw new Misuse(`failed to parse csv mounts: bare or unclosed " in ${JSON.stringify(line)}`);
    fields.push(found[1]?.replaceAll('""', '"') ?? found[0]);
    at += found[0].length + 1;
  } while (at <= line.length);
  return fields;
}
