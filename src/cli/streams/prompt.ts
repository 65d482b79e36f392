import { withoutEcho } from "../../os/pty.ts";
import { StatusError } from "../command.ts";
import { print } from "./print.ts";

/** What a shell counts for a program that Ctrl-C has ended. */
const interrupted = 130;

let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
let ahead = "";

/** Asks the person at the terminal; answers the line without blanks around it. */
export async function ask(question: string): Promise<string> {
  print(question);
  return (await readLine()).trim();
}

/** Asks for something that must not be seen; the terminal gets its echo back whatever happens. */
export async function askSecret(question: string): Promise<string> {
  const restore = withoutEcho(0);
  const { promise: signal, reject } = Promise.withResolvers<never>();
  const give = () => reject(new StatusError(interrupted));
  process.once("SIGINT", give);
  process.once("SIGTERM", give);
  try {
    print(question);
    return (await Promise.race([readLine(), signal])).trim();
  } finally {
    process.off("SIGINT", give);
    process.off("SIGTERM", give);
    restore();
    // The line feed that was typed has not been shown.
    print("\n");
  }
}

async function readLine(): Promise<string> {
  reader ??= Bun.stdin.stream().getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  while (!ahead.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    ahead += decoder.decode(value, { stream: true });
  }
  const end = ahead.indexOf("\n");
  const line = end < 0 ? ahead : ahead.slice(0, end);
  ahead = end < 0 ? "" : ahead.slice(end + 1);
  return line;
}
