import type * as api from "../../../api/index.ts";
import { conflict, invalid } from "../../../errors/index.ts";
import type { CheckOptions } from "../../backend.ts";
import type { EngineContext } from "../../context.ts";
import { progressOf } from "../../image/progress.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import { findLeftovers } from "../leftovers.ts";
import { checkBlobs } from "./blobs.ts";
import { checkBuildLayers } from "./build-layers.ts";
import { checkContainers } from "./containers.ts";
import { checkDatabase } from "./database.ts";
import { checkImages } from "./images.ts";
import { Inspection } from "./inspection.ts";
import { checkLayers } from "./layers.ts";

let running = false;

/**
 * `system check`: the records, blobs, images, layers, containers, volumes, and what is left over, in this order, because what is
 * mended first is what the next is mended from. One at a time; others go on with their work meanwhile.
 */
export function checkStore(
  engine: EngineContext,
  rooms: ImageRooms,
  options: CheckOptions,
  signal: AbortSignal,
): AsyncGenerator<api.ProgressMessage> {
  if (options.quick && options.deep) throw invalid("a check is either quick or deep, not both");
  return progressOf(async (report) => {
    if (running) throw conflict("a check of the store is running already: wait for its end");
    running = true;
    try {
      const inspection = new Inspection(engine, rooms, options, signal, report);
      await checkDatabase(inspection);
      await checkBlobs(inspection);
      await checkImages(inspection);
      await checkLayers(inspection);
      await checkBuildLayers(inspection);
      await checkContainers(inspection);
      await checkLeftovers(inspection);
      report({ aux: { Report: inspection.result } satisfies api.StoreCheckAux });
    } finally {
      running = false;
    }
  });
}

async function checkLeftovers(inspection: Inspection): Promise<void> {
  const { engine, rooms, signal } = inspection;
  for await (const leftover of findLeftovers(engine, rooms)) {
    signal.throwIfAborted();
    const finding = {
      Subject: "leftover",
      Id: leftover.path,
      Problem: `${leftover.what}, which nothing needs`,
    } as const;
    await inspection.found(finding, "deletes it", async () => {
      await leftover.delete();
      return { done: true, words: "deleted" };
    });
  }
}
