import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, messageOf } from "../errors/index.ts";
import { layerFiles } from "./image-mounts.ts";
import { readMetadata, type SnapshotInfo } from "./metadata.ts";

/** How a snapshot's directory is not as it must be, in words; undefined when it is. */
export async function inspectDirectory(directory: string, info: SnapshotInfo): Promise<string | undefined> {
  if (!(await isDirectory(join(directory, "fs")))) return "has no files";
  const { image, archive } = layerFiles(directory);
  if (info.image === true && !((await isFile(image)) && (await isFile(archive)))) return "lacks its image";
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
  return (await statOf(path))?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile() ?? false;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
