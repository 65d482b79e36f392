import { mkdirSync, readdirSync } from "node:fs";
import { endOfArchive } from "../../../archive/index.ts";
import { buildingPrefix } from "../../../engine/image/garbage.ts";
import { type MeasuredLayer, measureLayer } from "../../../layers/diff.ts";
import { chainIDOn, digestOf } from "../../../oci/digest.ts";
import { mount, unmount } from "../../../os/mount.ts";
import type { BuiltLayer } from "../../solver/model.ts";
import type { OpRooms } from "../rooms.ts";
import { Workplace } from "../workplace.ts";
import { commitLayer } from "./commit.ts";

/** A root file system to change; what is done to it becomes a layer. */
export interface WritableRoot {
  readonly workplace: Workplace;
  /** Where it is mounted. */
  readonly root: string;
  /** The directory of what is changed, the upper one of an overlay. */
  readonly upper: string;
}

/** What is known of a layer when the work on it is done. */
export interface Finished {
  /** To be called on the overlay's upper directory after everything was unmounted, before the layer is made of it. */
  readonly tidy?: (upper: string) => void;
  /** What the layer is, if whoever made it has looked already. */
  readonly measured?: MeasuredLayer;
}

export const buildPrefix = buildingPrefix;

/** The layer of a step that changed nothing. */
const empty = { diffID: digestOf(endOfArchive), size: 0, inodes: 1 };

/**
 * Makes a layer on others: `work` changes the mounted root file system, and what it changed is committed under its chain
 * ID. Whatever fails, and an abort, leaves nothing behind.
 */
export async function writeLayer(
  rooms: OpRooms,
  below: readonly BuiltLayer[],
  work: (place: WritableRoot) => Promise<Finished>,
  signal: AbortSignal,
): Promise<BuiltLayer> {
  signal.throwIfAborted();
  const { background, config } = rooms.engine;
  const workplace = Workplace.open(config.execRoot);
  try {
    return await makeLayer(rooms, workplace, below, work, signal);
  } finally {
    // What a step no longer needs, nobody waits for.
    background.run("clean up after a build step", () => workplace.close());
  }
}

async function makeLayer(
  rooms: OpRooms,
  workplace: Workplace,
  below: readonly BuiltLayer[],
  work: (place: WritableRoot) => Promise<Finished>,
  signal: AbortSignal,
): Promise<BuiltLayer> {
  const { snapshots } = rooms.images;
  const key = buildingPrefix + workplace.id;
  await snapshots.prepare(key, below.at(-1)?.chainID);
  workplace.atEnd(async () => {
    if (snapshots.has(key)) await snapshots.remove(key);
  });
  const upper = snapshots.directory(key);
  // On nothing, the layer's directory is the whole tree.
  const root = below.length === 0 ? upper : mountRoot(rooms, key, workplace);
  const { tidy, measured } = await work({ workplace, root, upper });
  while (unmount(workplace.rootfs));
  tidy?.(upper);
  const layer = measured ?? (readdirSync(upper).length === 0 ? empty : await measureLayer(upper, signal));
  signal.throwIfAborted();
  const chainID = chainIDOn(below.at(-1)?.chainID, layer.diffID);
  await commitLayer(rooms, key, chainID, layer);
  const { diffID, size } = layer;
  return { diffID, chainID, size, created: new Date().toISOString() };
}

function mountRoot({ images }: OpRooms, key: string, workplace: Workplace): string {
  const { rootfs } = workplace;
  mkdirSync(rootfs);
  workplace.atEnd(() => {
    while (unmount(rootfs));
  });
  // What a power cut tears is no layer yet: it is removed at the next start.
  for (const what of images.snapshots.mounts(key, { volatile: true })) mount(what, rootfs);
  return rootfs;
}
