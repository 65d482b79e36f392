import { cancelled, type SlipwayError, systemError } from "../errors/index.ts";
import type { Message } from "./child/protocol.ts";

/** What a child has said in a line of its standard error; undefined for what is no message: a crash's words. */
export function parse(line: string): Message | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

/** Why a child that has ended without a result of its work `name` has none. `noise` is what it said beside messages. */
export function lost(
  name: string,
  { exitCode, signalCode }: Pick<Bun.Subprocess, "exitCode" | "signalCode">,
  noise: readonly string[],
  signal: AbortSignal | undefined,
): SlipwayError {
  if (signal?.aborted) return givenUp(name, signal);
  const how = signalCode === null ? `exited with ${exitCode}` : `was killed by ${signalCode}`;
  return systemError(`the child process ${name} ${how} ${noise.slice(-20).join("\n")}`.trim());
}

/** That work was not finished because its signal has fired. */
export function givenUp(name: string, signal: AbortSignal | undefined): SlipwayError {
  return cancelled(`${name} was cancelled`, { cause: signal?.reason });
}
