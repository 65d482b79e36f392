import { invalid } from "../../../../errors/index.ts";

/** Makes a file's mode from the one that it has; both without the bits of the type. */
export type ModeChange = (mode: number, isDirectory: boolean) => number;

const all = 0o777;
const permissions: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };
const classes: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007, a: all };

/** `0644`, or as chmod(1) has it without a umask: `u=rwX,go-w,+t`. */
export function parseMode(text: string): ModeChange {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = Number.parseInt(text, 8) & 0o7777;
    return () => mode;
  }
  const clauses = text.split(",").map((clause) => parseClause(clause, text));
  return (mode, isDirectory) => clauses.reduce((before, change) => change(before, isDirectory), mode);
}

function parseClause(clause: string, text: string): ModeChange {
  const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
  if (match === null)
    throw invalid(
      `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777, or symbolic as u=rwX,go=rX`,
    );
  const [, who = "", actions = ""] = match;
  const mask = who === "" ? all : [...who].reduce((bits, name) => bits | (classes[name] ?? 0), 0);
  const steps = [...actions.matchAll(/([-+=])([rwxXstugo]*)/g)];
  return (mode, isDirectory) =>
    steps.reduce((before, [, operator = "", what = ""]) => {
      const bits = bitsOf(what, mask, before, isDirectory);
      if (operator === "+") return before | bits;
      if (operator === "-") return before & ~bits;
      return (before & ~(mask | specialOf(mask))) | bits;
    }, mode);
}

/** Set-id bits that stand for these classes; as in GNU's, those of everybody have the sticky bit, too. */
function specialOf(mask: number): number {
  return (
    ((mask & 0o700) !== 0 ? 0o4000 : 0) | ((mask & 0o070) !== 0 ? 0o2000 : 0) | (mask === all ? 0o1000 : 0)
  );
}

function bitsOf(what: string, mask: number, mode: number, isDirectory: boolean): number {
  if (/^[ugo]$/.test(what)) return spread(mode, what) & mask;
  let bits = 0;
  for (const letter of what) {
    if (letter === "X") bits |= isDirectory || (mode & 0o111) !== 0 ? 0o111 & mask : 0;
    else if (letter === "s") bits |= specialOf(mask) & 0o6000;
    else if (letter === "t") bits |= 0o1000;
    else bits |= (permissions[letter] ?? 0) & mask;
  }
  return bits;
}

/** What one class has, for every class. */
function spread(mode: number, name: string): number {
  const shift = name === "u" ? 6 : name === "g" ? 3 : 0;
  const own = (mode >> shift) & 7;
  return own * 0o111;
}
