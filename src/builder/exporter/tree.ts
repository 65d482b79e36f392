import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { exportArchive } from "../../layers/index.ts";
import { mount, unmountBelow } from "../../os/mount.ts";
import type { BuildJob } from "../job.ts";
import type { BuiltLayer } from "../solver/index.ts";

/** A tar archive of the files of a target; of several targets or platforms each has a directory, by its name. */
export async function* treeArchive(
  { rooms, place, signal }: BuildJob,
  trees: readonly { name: string; layers: readonly BuiltLayer[] }[],
): AsyncGenerator<Uint8Array> {
  const directory = place.directory();
  const root = join(directory, "trees");
  mkdirSync(root, { mode: 0o755 });
  const [only, ...others] = trees;
  try {
    for (const { name, layers } of trees) {
      const target = only !== undefined && others.length === 0 ? root : join(root, name);
      mkdirSync(target, { recursive: true, mode: 0o755 });
      const top = layers.at(-1);
      if (top === undefined) continue;
      for (const what of rooms.open.imageRooms.snapshots.mounts(top.chainID)) mount(what, target);
    }
    yield* exportArchive(root, signal);
  } finally {
    unmountBelow(directory);
  }
}
