import { run } from "./run.ts";
import { syncTree } from "./sync.ts";

/** A copy does not outlive the engine: the next one deletes what is there of it. */
const withEngine = ["setpriv", "--pdeathsig", "KILL", "--"];

/**
 * Copies what is in a directory, and the directory's own attributes, into another one: ownership, modes, times, links,
 * extended attributes and holes; shares the data where the file system can (reflink). It is on disk afterwards. After an
 * error the target holds a part. Errors: `exhausted` for a full disk, `cancelled`.
 */
export async function copyTree(source: string, target: string, signal: AbortSignal): Promise<void> {
  const copy = ["cp", "-a", "--reflink=auto", "--sparse=auto", "-T", "--", source, target];
  await run([...withEngine, ...copy], target, "cannot copy the files", signal);
  await syncTree(target, signal);
}
