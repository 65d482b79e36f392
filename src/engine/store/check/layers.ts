import { messageOf } from "../../../errors/index.ts";
import { verifyLayer } from "../../../layers/index.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import { isRunning } from "../../container/status.ts";
import type { PackedLayer } from "../../image/staged-layer.ts";
import { Staging } from "../../image/staging.ts";
import { containersOnLayer, imagesWithLayer } from "../users.ts";
import type { Inspection, Remedy } from "./inspection.ts";

interface ExpectedLayer {
  readonly chainID: Digest;
  readonly parent: Digest | undefined;
  /** What it can be unpacked from; absent when no image has it any more and only containers lie on it. */
  readonly packed: PackedLayer | undefined;
}

/** Every layer of an image or under a container is unpacked, and as its archive has it. */
export async function checkLayers(inspection: Inspection): Promise<void> {
  const layers = expectedLayers(inspection);
  for (const layer of layers.values()) {
    inspection.signal.throwIfAborted();
    inspection.progress("layers", `Comparing, ${inspection.checked.Layers++} of ${layers.size} done`);
    const problem = await problemOf(inspection, layer);
    if (problem !== undefined && expectedLayers(inspection).has(layer.chainID))
      await report(inspection, layer, problem);
  }
}

/** By chain ID, a parent before what lies on it. */
function expectedLayers({ engine, rooms }: Inspection): Map<Digest, ExpectedLayer> {
  const layers = new Map<Digest, ExpectedLayer>();
  for (const { chain, record } of rooms.images.all()) {
    for (const [at, chainID] of chain.entries()) {
      const [digest, diffID] = [record.layers[at]?.digest, record.config.rootfs.diff_ids[at]];
      const packed = digest === undefined || diffID === undefined ? undefined : { digest, diffID };
      layers.set(chainID, { chainID, parent: chain[at - 1], packed });
    }
  }
  for (const { record } of engine.containers) {
    const stack: ExpectedLayer[] = [];
    for (let id = record.image.chainId; id !== undefined && isDigest(id) && !layers.has(id); ) {
      const parent: string | undefined = rooms.snapshots.has(id)
        ? rooms.snapshots.stat(id).parent
        : undefined;
      stack.push({ chainID: id, parent: parent as Digest | undefined, packed: undefined });
      id = parent;
    }
    for (const layer of stack.reverse()) layers.set(layer.chainID, layer);
  }
  return layers;
}

async function problemOf(
  inspection: Inspection,
  { chainID, packed }: ExpectedLayer,
): Promise<string | undefined> {
  const { rooms, options, unsound, signal } = inspection;
  const { snapshots, content } = rooms;
  const problem = await snapshots.complaint(chainID);
  if (problem !== undefined) return `it ${problem}`;
  if (options.quick === true || packed === undefined || unsound.has(packed.digest)) return undefined;
  try {
    const target = snapshots.directory(chainID);
    const request = { blob: content.path(packed.digest), target, contents: options.deep === true };
    const { diffID, differences, examples } = await verifyLayer(request, signal);
    if (diffID !== packed.diffID) return `its archive has the diff ID ${diffID} instead of ${packed.diffID}`;
    if (differences === 0) return undefined;
    const more = differences > examples.length ? ` and ${differences - examples.length} more` : "";
    return `${examples.slice(0, 5).join("; ")}${differences > 5 ? `; ${differences - 5} more` : more}`;
  } catch (error) {
    signal.throwIfAborted();
    // An image that was removed meanwhile takes its layers with it.
    return messageOf(error);
  }
}

async function report(inspection: Inspection, layer: ExpectedLayer, problem: string): Promise<void> {
  const { engine, rooms, unsound } = inspection;
  const containers = containersOnLayer(engine, rooms, layer.chainID);
  const Images = imagesWithLayer(rooms, layer.chainID);
  const finding = {
    Subject: "layer",
    Id: layer.chainID,
    Problem: problem,
    Images,
    Containers: containers.map(({ name }) => name),
  } as const;
  const { packed } = layer;
  if (packed === undefined) {
    const lost =
      "its image was removed, so there is nothing to unpack it from: load that image, or remove the containers";
    await inspection.found(finding, lost);
  } else if (unsound.has(packed.digest)) {
    await inspection.found(finding, `its archive is damaged, too: pull or load ${Images.join(", ")} again`);
  } else {
    await inspection.found(finding, "unpacks it anew", async () => {
      const running = containers.filter(isRunning).map(({ name }) => name);
      if (running.length > 0)
        return { done: false, words: `stop ${running.join(", ")}, which run on it, and repair again` };
      return await unpackAnew(inspection, layer, packed);
    });
  }
}

async function unpackAnew(
  { rooms, signal }: Inspection,
  layer: ExpectedLayer,
  packed: PackedLayer,
): Promise<Remedy> {
  const { chainID, parent } = layer;
  await using staging = new Staging(rooms, signal);
  const staged = await staging.layer(packed, () => {});
  await staging.sync();
  await staging.replace(staged, chainID, parent);
  return { done: true, words: "unpacked anew" };
}
