/** What a registry asks for in WWW-Authenticate (RFC 9110, 11.6.1). */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(`(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, "y");
const scheme = new RegExp(`(${token})(?=[ \\t,]|$)(?![ \\t]*=)`, "y");
const token68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const separators = /[ \t,]*/y;

/** All challenges of a header, in order; several headers may have been joined by commas. What is malformed ends it. */
export function parseChallenges(header: string | null): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const text = header ?? "";
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (true) {
    take(separators);
    if (at >= text.length) return challenges;
    const current = challenges.at(-1);
    const pair = current === undefined ? null : take(parameter);
    if (pair !== null) {
      const [, name = "", quoted, bare = ""] = pair;
      current!.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? bare;
      continue;
    }
    const name = take(scheme);
    if (name !== null) challenges.push({ scheme: (name[1] ?? "").toLowerCase(), parameters: {} });
    else if (take(token68) === null) return challenges;
  }
}
