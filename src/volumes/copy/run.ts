import { statfs } from "node:fs/promises";
import { cancelled, exhausted, systemError } from "../../errors/index.ts";

/**
 * Runs a program that works on the files at `path`. Errors: `cancelled`, `exhausted` when their disk is full, `system` with
 * what the program said.
 */
export async function run(argv: string[], path: string, what: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = Bun.spawn(argv, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
    signal,
    killSignal: "SIGKILL",
  });
  const words = await lastWords(child.stderr);
  const status = await child.exited;
  if (status === 0) return;
  if (signal.aborted) throw cancelled(`${what} was given up`, { cause: signal.reason });
  if (await isFull(path)) throw exhausted(noSpace, { errno: "ENOSPC" });
  throw systemError(`${what}: ${words || `${argv.join(" ")} exited with ${status}`}`);
}

const noSpace = "no space left on the disk of the volumes: free some, for example with 'system prune'";

/** Of blocks or of inodes. */
async function isFull(path: string): Promise<boolean> {
  try {
    const { bavail, files, ffree } = await statfs(path);
    return bavail === 0 || (files > 0 && ffree === 0);
  } catch {
    // What the program said is the better answer.
    return false;
  }
}

/** The first of many complaints; the pipe is read to its end all the same. */
async function lastWords(stream: ReadableStream<Uint8Array>): Promise<string> {
  let words = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    if (words.length < 4096) words += decoder.decode(chunk, { stream: true });
  }
  return words.trim().split("\n").slice(0, 3).join("; ");
}
