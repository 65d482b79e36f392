import { invalid } from "../../errors/index.ts";

/** A size as Docker writes it, such as `64m`, `1GiB` or `1024`: powers of 1024. */
export function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text.trim());
  if (match === null) throw invalid(`invalid size: '${text}'`);
  const exponent = "kmgtp".indexOf((match[2] ?? "").toLowerCase() || " ") + 1;
  return Math.floor(Number(match[1]) * 1024 ** exponent);
}
