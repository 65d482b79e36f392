import { constants } from "node:fs";
import { open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { abortable } from "../../os/abortable.ts";
import { run } from "./run.ts";

/**
 * Waits until a tree is on disk. A small one alone: its file system may have much else to write, which others have
 * written. Of a large one, each file for itself would take longer than all of it.
 */
export async function syncTree(path: string, signal: AbortSignal): Promise<void> {
  const members = await fewMembers(path);
  if (members === undefined)
    await run(["sync", "-f", "--", path], path, "cannot write the files to the disk", signal);
  else for (const member of members) await abortable(syncMember(member), signal);
}

const few = 64;

/** Paths of what is in a tree, and its own; undefined when they are many, or of a kind that is not to be opened. */
async function fewMembers(root: string): Promise<string[] | undefined> {
  const found = [root];
  const left = [root];
  for (let directory = left.pop(); directory !== undefined; directory = left.pop()) {
    for await (const entry of await opendir(directory)) {
      const path = join(directory, entry.name);
      if (found.push(path) > few || !(entry.isFile() || entry.isDirectory())) return undefined;
      if (entry.isDirectory()) left.push(path);
    }
  }
  return found;
}

async function syncMember(path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
