import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

/** Names of the directories that base images are made in. An engine that starts deletes what another left. */
export const bootstrapPrefix = "bootstrap-";

/**
 * An empty directory on the disk of the images, gone when it is disposed of. It lies in another: what is installed may
 * give it an old time, and the outer one's tells that it is in use.
 */
export async function scratchDirectory(dataRoot: string): Promise<AsyncDisposable & { path: string }> {
  const outer = await mkdtemp(join(dataRoot, bootstrapPrefix));
  const path = join(outer, "root");
  await mkdir(path);
  return { path, [Symbol.asyncDispose]: () => rm(outer, { recursive: true, force: true }) };
}
