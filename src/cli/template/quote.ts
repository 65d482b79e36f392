import { templateError } from "./error.ts";

const escapes: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** The value of a Go string or character constant. */
export function unquote(source: string, text: string, at: number): string | number {
  if (text.startsWith("`")) return text.slice(1, -1);
  const value = text
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs, (_, code: string) => {
      if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
      if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
      const plain = escapes[code];
      if (plain === undefined) throw templateError(source, at, `invalid syntax`);
      return plain;
    });
  return text.startsWith("'") ? (value.codePointAt(0) ?? 0) : value;
}

/** A string as Go's %q writes it. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1);
  return `"${escaped
    .replace(/\\b/g, "\\b")
    .replace(/\\u00([01][0-9a-f]|7f)/g, "\\x$1")
    .replace(/\x7f/g, "\\x7f")}"`;
}
