import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { buildingPrefix } from "../../engine/image/garbage.ts";
import { cancelled, invalid } from "../../errors/index.ts";
import { chainIDs, type Digest, digestOf } from "../../oci/digest.ts";
import { copyTree } from "../../volumes/copy/tree.ts";
import { canonicalJson, type LinkOp } from "../graph/index.ts";
import type { BuiltLayer, Operation, Result } from "../solver/model.ts";
import { commitLayer } from "./layer/commit.ts";
import type { OpRooms } from "./rooms.ts";

/** `COPY --link`: layers that were made on nothing, on others. Their files are the same ones, under further names. */
export function linkOperation(rooms: OpRooms): Operation<LinkOp> {
  return {
    key: async (_op, inputs) => {
      const [below, above] = inputs.map(layersOf);
      const diffIDs = above?.map(({ diffID }) => diffID);
      return digestOf(canonicalJson(["link", below?.at(-1)?.chainID ?? null, diffIDs]));
    },
    async run(_op, inputs, { signal }) {
      const [below = [], above = []] = inputs.map(layersOf);
      const layers = [...below];
      for (const layer of above) layers.push(await put(rooms, layers.at(-1)?.chainID, layer, signal));
      return { kind: "layers", layers };
    },
  };
}

function layersOf(input: Result | undefined): readonly BuiltLayer[] {
  if (input?.kind === "directory") throw invalid("a directory that is not the build's cannot be linked");
  return input?.layers ?? [];
}

async function put(
  rooms: OpRooms,
  parent: Digest | undefined,
  layer: BuiltLayer,
  signal: AbortSignal,
): Promise<BuiltLayer> {
  const { snapshots } = rooms.images;
  const chainID = chainIDs(parent === undefined ? [layer.diffID] : [parent, layer.diffID]).at(-1) as Digest;
  const linked = { ...layer, chainID, created: new Date().toISOString() };
  if (snapshots.has(chainID)) return linked;
  const key = `${buildingPrefix}${crypto.randomUUID()}`;
  await snapshots.prepare(key, parent);
  try {
    await fill(snapshots.directory(layer.chainID), snapshots.directory(key), signal);
    await commitLayer(rooms, key, chainID, await snapshots.usage(layer.chainID));
    return linked;
  } finally {
    if (snapshots.has(key)) await snapshots.remove(key);
  }
}

/** By hard links; where there can be none (another file system, too many names), by copies. */
async function fill(source: string, target: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = Bun.spawn(["cp", "--archive", "--link", "--no-target-directory", "--", source, target], {
    stdio: ["ignore", "ignore", "ignore"],
    signal,
    killSignal: "SIGKILL",
  });
  if ((await child.exited) === 0) return;
  if (signal.aborted) throw cancelled("the step was cancelled", { cause: signal.reason });
  await rm(target, { recursive: true, force: true });
  mkdirSync(target, { mode: 0o755 });
  await copyTree(source, target, signal);
}
