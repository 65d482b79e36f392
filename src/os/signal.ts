import { invalid } from "../errors/index.ts";

/** Signal numbers of Linux on x86, ARM and RISC-V (signal(7)), aliases included; names without `SIG`. */
const numbers: ReadonlyMap<string, number> = new Map(
  [
    ...["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE"],
    ...["ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ"],
    ...["VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"],
  ]
    .map((name, index): [string, number] => [name, index + 1])
    .concat([
      ["IOT", 6],
      ["CLD", 17],
      ["POLL", 29],
      ["RTMIN", 34],
      ["RTMAX", 64],
    ]),
);

const SIGRTMIN = 34;
const SIGRTMAX = 64;

/** `SIGTERM`, `term`, `15` or `RTMIN+3` as a number; whatever else is `invalid`. */
export function parseSignal(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : byName(text.toUpperCase().replace(/^SIG/, ""));
  if (number === undefined || number < 1 || number > SIGRTMAX) throw invalid(`invalid signal: ${text}`);
  return number;
}

function byName(name: string): number | undefined {
  const realTime = /^RT(MIN\+|MAX-)(\d+)$/.exec(name);
  if (realTime === null) return numbers.get(name);
  const offset = Number(realTime[2]);
  const number = realTime[1] === "MIN+" ? SIGRTMIN + offset : SIGRTMAX - offset;
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined;
}

/** `SIGTERM` for 15; a number without a name of its own stays one. */
export function signalName(number: number): string {
  for (const [name, value] of numbers) if (value === number) return `SIG${name}`;
  return String(number);
}
