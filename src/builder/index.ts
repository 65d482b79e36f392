/** Builds images from Dockerfiles. */
import type { Builds } from "../engine/backend.ts";
import type { OpenEngine } from "../engine/index.ts";
import { RunningBuilds } from "./builds.ts";
import { BuildCache } from "./cache/index.ts";
import { openCacheMounts, openOperations, removeLeftSteps } from "./op/index.ts";
import { removeLeftPlaces } from "./place.ts";
import { Solver } from "./solver/index.ts";

/** Opens the builder on an engine's rooms, and takes away what builds of an engine that was killed have left. */
export async function openBuilds(open: OpenEngine): Promise<Builds> {
  const { context, imageRooms } = open;
  await removeLeftSteps(context);
  await removeLeftPlaces(imageRooms.dataRoot);
  const behind = (what: string, work: () => Promise<unknown>) => context.background.run(what, work);
  const rooms = { engine: context, images: imageRooms, metastore: open.metastore };
  const caches = openCacheMounts(rooms);
  const cache = new BuildCache({
    ...{ rooms: imageRooms, directories: caches, collection: context.config.buildCollection },
    ...{ behind, log: (message: string) => context.log("info", message) },
  });
  const solver = new Solver({ operations: openOperations(rooms, caches), cache });
  return new RunningBuilds({ open, solver, cache }, () => cache.close());
}
