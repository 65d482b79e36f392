import { wrong } from "../local-error.ts";

/** The fields of one line of comma-separated values (RFC 4180); `"` may quote a whole field. */
export function csvFields(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] === '"') {
      const quoted = /^"((?:[^"]|"")*)"(?=,|$)/.exec(line.slice(at));
      if (quoted === null) throw wrong(`parse error: extraneous or missing " in quoted-field`);
      fields.push(quoted[1]!.replaceAll('""', '"'));
      at += quoted[0].length + 1;
    } else {
      const end = line.indexOf(",", at);
      const field = line.slice(at, end < 0 ? undefined : end);
      if (field.includes('"')) throw wrong(`parse error: bare " in non-quoted-field`);
      fields.push(field);
      at += field.length + 1;
    }
  }
  return fields;
}

/** `key=value` apart; the value is undefined without an equals sign. */
export function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
