import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../errors/index.ts";
import type { Usage } from "./metadata.ts";

const concurrency = 16;

/**
 * Bytes and number of files of a tree; a file with several names counts once and directories have no size, as
 * Docker counts. Runs on Node's thread pool. What vanishes meanwhile does not count.
 */
export async function measureTree(root: string): Promise<Usage> {
  const seen = new Set<string>();
  const pending = [root];
  let size = 0;
  let inodes = 0;

  async function visit(path: string): Promise<void> {
    const stat = await lstat(path);
    if (stat.nlink > 1 && !stat.isDirectory()) {
      const inode = `${stat.dev}:${stat.ino}`;
      if (seen.has(inode)) return;
      seen.add(inode);
    }
    inodes++;
    if (!stat.isDirectory()) size += stat.size;
    else for await (const entry of await opendir(path)) pending.push(join(path, entry.name));
  }

  while (pending.length > 0) {
    await Promise.all(pending.splice(-concurrency).map((path) => visit(path).catch(ignoreVanished)));
  }
  return { size, inodes };
}

function ignoreVanished(error: unknown): void {
  if (errnoOf(error) !== "ENOENT") throw error;
}
