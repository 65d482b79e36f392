import { cancelled, systemError } from "../errors/index.ts";
import { abortable } from "../os/abortable.ts";

/** How long mounting, unmounting or measuring a remote file system may take, in milliseconds. */
export const patience = 30_000;

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

export interface LimitedOptions {
  input?: string;
  signal?: AbortSignal;
  /** Milliseconds. */
  limit?: number;
  /** Who it is that does not answer, for the error. */
  what?: string;
}

/** How long words may still come from the descendants of a program that has ended: file systems in user space live on. */
const lastWords = 500;

/**
 * Runs a program that may hang for good in the kernel, because of a server that does not answer. After `limit`
 * milliseconds, or with the signal, it and what it started are killed and left to themselves. `cancelled` for the signal,
 * `system` for the limit.
 */
export async function runLimited(
  argv: string[],
  { input = "", signal, limit = patience, what }: LimitedOptions,
): Promise<Outcome> {
  const late = AbortSignal.timeout(limit);
  const either = signal === undefined ? late : AbortSignal.any([signal, late]);
  // A session of its own: what it starts is killed with it.
  const child = Bun.spawn(argv, {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  child.unref();
  const words = [soFar(child.stdout), soFar(child.stderr)] as const;
  try {
    const status = await abortable(child.exited, either);
    await Promise.race([Promise.all(words.map(({ done }) => done)), Bun.sleep(lastWords)]);
    return { status, stdout: words[0].text(), stderr: words[1].text() };
  } catch (cause) {
    killSession(child.pid);
    if (signal?.aborted) throw cancelled(`${argv[0]} was given up`, { cause });
    const whose = what === undefined ? "" : `${what}: `;
    throw systemError(`${whose}no answer within ${limit / 1000} seconds`, { cause, errno: "ETIMEDOUT" });
  } finally {
    for (const word of words) word.close();
  }
}

/** How long looking at a single file of a remote file system may take, in milliseconds. */
export const lookPatience = 10_000;

/**
 * Whether there is a file or directory at a path, or a directory where it ends with a slash. `system` when its file system
 * does not answer a child in time. It is asked for its size: what it says of files may come from a cache.
 */
export async function isThere(
  path: string,
  { what = path, signal }: Pick<LimitedOptions, "what" | "signal"> = {},
): Promise<boolean> {
  const options = { limit: lookPatience, what, ...(signal === undefined ? {} : { signal }) };
  return (await runLimited(["stat", "--file-system", "--format=%T", "--", path], options)).status === 0;
}

/** At most this much of a program's words is kept. */
const maximumWords = 64 * 1024;

function soFar(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.length;
      if (size <= maximumWords) chunks.push(value);
    }
  };
  // A reader that was closed below ends the reading: there is nothing to report.
  const done = read().catch(() => {});
  return { done, text: () => Buffer.concat(chunks).toString("utf8"), close: () => void reader.cancel() };
}

function killSession(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}
