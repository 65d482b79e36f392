import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

/** Names of the directories that base images are made in. An engine that starts deletes what another left. */
export const bootstrapPrefix = "bootstrap-";

/** A directory on the disk of the images, gone when it is disposed of. */
export async function scratchDirectory(dataRoot: string): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(dataRoot, bootstrapPrefix));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
