import { statfs } from "node:fs/promises";
import type * as api from "../../../api/index.ts";
import type { Target } from "../../../images/index.ts";
import type { BuildVerbs, CollectOptions } from "../../backend.ts";
import { bytesOf, parseFreeSpace } from "../../config/collection.ts";
import type { EngineContext } from "../../context.ts";
import { removeTarget } from "../../image/prune.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import { planRemoval } from "../removal.ts";
import { namesOf } from "../users.ts";
import { candidates } from "./candidates.ts";
import type { LastUse } from "./last-use.ts";
import { removeWaste } from "./waste.ts";

export interface CollectContext {
  readonly engine: EngineContext;
  readonly rooms: ImageRooms;
  readonly lastUse: LastUse;
  /** They know how what they keep goes. */
  readonly builds: Pick<BuildVerbs, "prune">;
}

/** How long deletions of before are waited for, whose space is not free yet. */
const patience = 60_000;

/**
 * Makes room until enough is free: first what nothing needs, then what builds keep, then images, those first that were not used for the
 * longest time. Containers' images and images that others were made from stay.
 */
export async function collectStore(
  context: CollectContext,
  { dryRun = false, free: wanted, unused }: CollectOptions,
  signal: AbortSignal,
): Promise<api.CollectReport> {
  const { engine, rooms } = context;
  const { gc } = engine.config;
  await deletionsEnd(rooms, signal);
  const { free: FreeSpace, size } = await spaceOf(engine.config.dataRoot);
  const Target = bytesOf(wanted === undefined ? gc.target : parseFreeSpace(wanted), size);
  const report: api.CollectReport = {
    FreeSpace,
    Target,
    Images: [],
    Leftovers: 0,
    BuildCache: 0,
    SpaceReclaimed: 0,
    Kept: [],
  };
  if (FreeSpace >= Target) return report;
  report.Leftovers = await removeWaste(engine, rooms, dryRun, signal);
  // Layers that it keeps would stay with their images gone.
  report.BuildCache = await collectBuilds(
    context,
    Target - FreeSpace - report.Leftovers,
    { Target, dryRun },
    signal,
  );
  const collected = report.Leftovers + report.BuildCache;
  const scope = unused === undefined ? gc.images : unused ? "unused" : "dangling";
  const { free, kept } = candidates(rooms, { images: scope, keep: gc.keep });
  const chosen: Target[] = [];
  let planned = 0;
  for (const target of leastRecentlyUsedFirst(context, free)) {
    if (FreeSpace + collected + planned >= Target) break;
    signal.throwIfAborted();
    const before = planned;
    planned = sizeOf(rooms, dryRun ? [...chosen, target] : [target]) + (dryRun ? 0 : before);
    report.Images.push(describe(context, target, planned - before));
    chosen.push(target);
    if (!dryRun) await removeTarget(rooms, target);
  }
  report.SpaceReclaimed = collected + planned;
  if (FreeSpace + report.SpaceReclaimed < Target) {
    report.Kept = kept.map(({ target, reason }) => {
      const { Id, Names } = describe(context, target, 0);
      return { Id, Names, Reason: reason };
    });
  }
  return report;
}

/** Frees at least what is lacking, if there is so much; answers the bytes. */
async function collectBuilds(
  { builds, rooms }: CollectContext,
  lacking: number,
  { Target, dryRun }: { Target: number; dryRun: boolean },
  signal: AbortSignal,
): Promise<number> {
  if (lacking <= 0) return 0;
  if (!dryRun) await deletionsEnd(rooms, signal);
  const options = { dryRun, all: true, filters: {}, minFreeSpace: Target };
  return (await builds.prune(options)).SpaceReclaimed;
}

/** Free bytes of the file system that a path lies on, as far as others than root may use them, and its size. */
export async function spaceOf(path: string): Promise<{ free: number; size: number }> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { free: bavail * bsize, size: blocks * bsize };
}

async function deletionsEnd({ snapshots }: ImageRooms, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end && (await snapshots.isDeleting()); ) {
    signal.throwIfAborted();
    await Bun.sleep(50);
  }
}

function leastRecentlyUsedFirst({ rooms, lastUse }: CollectContext, targets: readonly Target[]): Target[] {
  const used = (target: Target) =>
    Math.max(...rooms.images.imagesOf(target).map((image) => lastUse.of(image) ?? 0));
  return targets
    .map((target) => ({ target, time: used(target) }))
    .sort((a, b) => a.time - b.time)
    .map(({ target }) => target);
}

function sizeOf(rooms: ImageRooms, targets: readonly Target[]): number {
  return planRemoval(rooms, targets, rooms.users()).freed;
}

function describe({ rooms, lastUse }: CollectContext, target: Target, Size: number): api.CollectedImage {
  const all = rooms.images.imagesOf(target);
  const time = Math.max(...all.map((image) => lastUse.of(image) ?? 0));
  return {
    Id: all[0]?.id ?? target.digest,
    Names: [...new Set(all.flatMap((image) => namesOf(rooms, image)))],
    LastUsed: time > 0 ? new Date(time).toISOString() : "",
    Size,
  };
}
