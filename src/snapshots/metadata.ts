import { renameSync, writeFileSync } from "node:fs";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, systemError } from "../errors/index.ts";

export interface Usage {
  /** Bytes of the files, apparent. */
  readonly size: number;
  readonly inodes: number;
}

/** What a snapshot's own file says of it. */
export interface SnapshotInfo {
  readonly kind: "active" | "view" | "committed";
  /** The chain ID of a committed snapshot; whatever its maker called one that is not. */
  readonly key: string;
  /** Chain ID of the committed snapshot below. */
  readonly parent?: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** True for a layer that is an EROFS image; others are trees of files. */
  readonly image?: boolean;
  /** Known for committed snapshots whose maker said it, or once it was asked for. */
  readonly usage?: Usage;
}

const file = "snapshot.json";

/** Undefined when the directory holds no snapshot. */
export async function readMetadata(directory: string): Promise<SnapshotInfo | undefined> {
  const path = join(directory, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
  // What a power cut left of a snapshot that was new then. Committed ones are flushed.
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as SnapshotInfo;
  } catch (cause) {
    throw systemError(`the snapshot in ${directory} has a damaged ${file}: remove that directory`, { cause });
  }
}

/** For a snapshot that is not in place yet; without a flush. */
export function writeNewMetadata(directory: string, info: SnapshotInfo): void {
  writeFileSync(join(directory, file), JSON.stringify(info), { mode: 0o600 });
}

/** What a snapshot in place is to say next; not in its place before `putNextMetadata`, and without a flush. */
export function writeNextMetadata(directory: string, info: SnapshotInfo): void {
  writeFileSync(join(directory, `${file}.new`), JSON.stringify(info), { mode: 0o600 });
}

/** To be called when what is to be said is on the disk. */
export function putNextMetadata(directory: string): void {
  renameSync(join(directory, `${file}.new`), join(directory, file));
}

/** Writes, flushes and renames: after a crash there is the old content or the new one. */
export async function writeMetadata(directory: string, info: SnapshotInfo): Promise<void> {
  const temporary = join(directory, `${file}.new`);
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(JSON.stringify(info));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(directory, file));
  await syncDirectory(directory);
}

export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
