import { cancelled, exhausted, systemError } from "../errors/index.ts";
import { selfCommand } from "../os/self.ts";
import type { MountAnswer } from "./child/mount.ts";

/**
 * Copies what is in a directory, and the directory's own attributes, to a path where nothing is yet; in a child. After an
 * error the target holds a part. Errors: `exhausted` for a full disk, `cancelled`.
 */
export async function copyNew(
  source: string,
  target: string,
  what: string,
  signal?: AbortSignal,
): Promise<void> {
  const givenUp = () => cancelled(`${what} was given up`, { cause: signal?.reason });
  if (signal?.aborted) throw givenUp();
  const child = Bun.spawn(selfCommand("volume-copy", source, target, String(process.pid)), {
    stdio: ["ignore", "pipe", "pipe"],
    killSignal: "SIGKILL",
    ...(signal === undefined ? {} : { signal }),
  });
  const streams = [child.stdout.text(), child.stderr.text()] as const;
  const [words, noise, status] = await Promise.all([...streams, child.exited]);
  if (status === 0) return;
  if (signal?.aborted) throw givenUp();
  const { message, errno } = (words === "" ? {} : JSON.parse(words)) as MountAnswer;
  if (errno === "ENOSPC" || errno === "EDQUOT")
    throw exhausted(`${what}: no space left on device; make room and try again`);
  throw systemError(`${what}: ${message ?? `the child exited with ${status} ${noise.trim()}`}`);
}
