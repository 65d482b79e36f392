import { messageOf } from "../../../errors/index.ts";
import { measureLayer } from "../../../layers/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { BuildRecord } from "../../image/build-records.ts";
import { collect } from "../../image/garbage.ts";
import type { Inspection, Remedy } from "./inspection.ts";

interface KeptLayer {
  readonly chainID: Digest;
  /** What its files pack to; absent where others have packed them. */
  readonly diffID: Digest | undefined;
}

/** Every layer that only the build cache has is there, and those that builds made pack to what their diff IDs say. */
export async function checkBuildLayers(inspection: Inspection): Promise<void> {
  for (const layer of keptLayers(inspection)) {
    inspection.signal.throwIfAborted();
    inspection.progress("layers", `Comparing the build cache, ${inspection.checked.Layers++} done`);
    const problem = await problemOf(inspection, layer);
    // Pruned meanwhile.
    if (problem === undefined || recordsWith(inspection, layer.chainID).length === 0) continue;
    const finding = {
      Subject: "layer",
      Id: layer.chainID,
      Problem: `of the build cache: ${problem}`,
    } as const;
    await inspection.found(finding, "forgets the steps that have it", () =>
      forget(inspection, layer.chainID),
    );
  }
}

function keptLayers({ rooms }: Inspection): KeptLayer[] {
  const inImages = new Set(rooms.images.all().flatMap(({ chain }) => chain));
  const kept = new Map<Digest, Digest | undefined>();
  for (const { layers, own, made } of rooms.buildRecords.all()) {
    for (const [at, { chainID, diffID }] of layers.entries())
      kept.set(chainID, made && at >= layers.length - own ? diffID : kept.get(chainID));
  }
  return [...kept].filter(([id]) => !inImages.has(id)).map(([chainID, diffID]) => ({ chainID, diffID }));
}

async function problemOf(
  { rooms, options, signal }: Inspection,
  { chainID, diffID }: KeptLayer,
): Promise<string | undefined> {
  const problem = await rooms.snapshots.complaint(chainID);
  if (problem !== undefined) return `it ${problem}`;
  if (options.quick === true || diffID === undefined) return undefined;
  try {
    const found = await measureLayer(rooms.snapshots.directory(chainID), signal);
    return found.diffID === diffID ? undefined : `its files pack to ${found.diffID} instead of ${diffID}`;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
}

/** The next build makes it anew. */
async function forget(inspection: Inspection, chainID: Digest): Promise<Remedy> {
  const { rooms } = inspection;
  if (rooms.leases.isLeased(chainID))
    return { done: false, words: "a build uses it: repair again when that has ended" };
  const records = recordsWith(inspection, chainID);
  rooms.buildRecords.delete(records.map(({ key }) => key));
  const chains = records.flatMap(({ layers }) => layers.map((layer) => layer.chainID));
  await collect(rooms, { blobs: [], chains });
  return { done: true, words: "forgot the steps that have it: the next build makes it anew" };
}

function recordsWith({ rooms }: Inspection, chainID: Digest): BuildRecord[] {
  return rooms.buildRecords.all().filter(({ layers }) => layers.some((layer) => layer.chainID === chainID));
}
