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
