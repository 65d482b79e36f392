import { constants } from "node:os";
import { invalid } from "../../errors/index.ts";

const realtimeMinimum = 34;
const realtimeMaximum = 64;

/** The number of a signal given as `SIGTERM`, `term`, `15`, `RTMIN+3` or `SIGRTMAX-1`. */
export function parseSignal(text: string): number {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= realtimeMaximum) return number;
    throw invalid(`invalid signal: ${text}`);
  }
  const name = text.toUpperCase().replace(/^SIG/, "");
  const known: Record<string, number> = constants.signals;
  return known[`SIG${name}`] ?? aliases[name] ?? realtime(name) ?? fail(text);
}

/** Names that kill(1) knows and Node does not. */
const aliases: Record<string, number> = { CLD: 17, STKFLT: 16 };

function realtime(name: string): number | undefined {
  const match = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (match === null) return undefined;
  const offset = match[3] === undefined ? 0 : Number(`${match[2]}${match[3]}`);
  const number = (match[1] === "MIN" ? realtimeMinimum : realtimeMaximum) + offset;
  return number >= realtimeMinimum && number <= realtimeMaximum ? number : undefined;
}

function fail(text: string): never {
  throw invalid(`invalid signal: ${text}`);
}
