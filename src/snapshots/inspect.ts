import { stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, messageOf } from "../errors/index.ts";
import { readMetadata, type SnapshotInfo } from "./metadata.ts";

/** How a snapshot's directory is not as it must be, in words; undefined when it is. */
export async function inspectDirectory(directory: string, info: SnapshotInfo): Promise<string | undefined> {
  if (!(await isDirectory(join(directory, "fs")))) return "has no files";
  if (info.kind === "active" && !(await isDirectory(join(directory, "work")))) return "has no work directory";
  try {
    const found = await readMetadata(directory);
    if (found === undefined) return "has no metadata";
    const same = found.kind === info.kind && found.key === info.key && found.parent === info.parent;
    return same ? undefined : "has the metadata of another snapshot";
  } catch (error) {
    return messageOf(error);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return false;
    throw error;
  }
}
