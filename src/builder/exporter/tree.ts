import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readTar, type WritableEntry, writable, writeTar } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";
import { exportArchive } from "../../layers/index.ts";
import { mount, unmountBelow } from "../../os/mount.ts";
import type { BuildJob } from "../job.ts";
import type { BuiltLayer } from "../solver/index.ts";

export interface NamedTree {
  /** The directory that it has in the archive; empty: none of its own. */
  readonly name: string;
  readonly layers: readonly BuiltLayer[];
}

/** A tar archive of the files of targets, each in its directory; those that have none lie together. */
export async function* treeArchive(job: BuildJob, trees: readonly NamedTree[]): AsyncGenerator<Uint8Array> {
  const directory = job.place.directory();
  try {
    const isOne = trees.length === 1 && trees[0]?.name === "";
    if (isOne || trees.every(({ name }) => name !== "")) {
      const root = join(directory, "trees");
      show(job, root, trees);
      yield* exportArchive(root, job.signal);
    } else yield* writeTar(together(job, directory, trees));
  } finally {
    unmountBelow(directory);
  }
}

function show({ rooms }: BuildJob, root: string, trees: readonly NamedTree[]): void {
  mkdirSync(root, { mode: 0o755 });
  for (const { name, layers } of trees) {
    const target = join(root, name);
    mkdirSync(target, { recursive: true, mode: 0o755 });
    const top = layers.at(-1);
    if (top === undefined) continue;
    for (const what of rooms.open.imageRooms.snapshots.mounts(top.chainID)) mount(what, target);
  }
}

/** Trees one over the other; they may have directories in common, and nothing else. */
async function* together(
  job: BuildJob,
  directory: string,
  trees: readonly NamedTree[],
): AsyncGenerator<WritableEntry> {
  const known = new Map<string, string>();
  for (const [at, tree] of trees.entries()) {
    const root = join(directory, `tree-${at}`);
    show(job, root, [tree]);
    for await (const entry of readTar(exportArchive(root, job.signal))) {
      const { header } = entry;
      const before = known.get(header.name);
      if (before === "directory" && header.type === "directory") continue;
      if (before !== undefined)
        throw invalid(
          `cannot overwrite ${header.name}: two platforms have it and platform split is disabled`,
        );
      known.set(header.name, header.type);
      yield writable(entry);
    }
  }
}
