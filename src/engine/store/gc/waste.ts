import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import type { EngineContext } from "../../context.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import { findLeftovers } from "../leftovers.ts";

/** A download that got no byte for so long is not under way, in milliseconds. */
const abandoned = 60 * 60_000;

/** Deletes what nothing needs, and downloads that nobody goes on with; answers their bytes. */
export async function removeWaste(
  engine: EngineContext,
  rooms: ImageRooms,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<number> {
  let bytes = 0;
  for await (const leftover of findLeftovers(engine, rooms)) {
    signal.throwIfAborted();
    bytes += await sizeOf(join(engine.config.dataRoot, leftover.path));
    if (!dryRun) await leftover.delete();
  }
  const directory = join(engine.paths.content, "ingest");
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!name.startsWith("partial-") || (await ageOf(path)) < abandoned) continue;
    bytes += await sizeOf(path);
    if (!dryRun) await rm(path, { force: true });
  }
  return bytes;
}

/** Of a file; directories are left out of the account. */
const sizeOf = (path: string) => look(path, 0, (found) => (found.isFile() ? found.blocks * 512 : 0));

const ageOf = (path: string) => look(path, 0, ({ mtimeMs }) => Date.now() - mtimeMs);

async function look<T>(
  path: string,
  absent: T,
  read: (found: Awaited<ReturnType<typeof stat>> & { mtimeMs: number; blocks: number }) => T,
): Promise<T> {
  try {
    return read(await stat(path));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return absent;
    throw error;
  }
}
