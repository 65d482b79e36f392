import { readTar, type WritableEntry, writeTar } from "../../archive/index.ts";
import type { BuildJob } from "../job.ts";
import { ownLayers } from "./config.ts";
import type { Built } from "./image.ts";
import { layerArchive } from "./layers.ts";
import { putLayers } from "./relayer.ts";

/**
 * `rewrite-timestamp=true`: no file of the build's own layers is younger than the epoch that SOURCE_DATE_EPOCH says. Those of
 * the base image stay as they are.
 */
export async function withEpoch(job: BuildJob, built: Built): Promise<Built> {
  const { target, layers, config } = built;
  if (config.epoch === undefined) return built;
  const latest = BigInt(Date.parse(config.epoch)) * 1_000_000n;
  const base = layers.length - ownLayers(target.history);
  const above = layers.slice(base).map((layer) => ({
    archive: clamped(layerArchive(job, layer), latest),
    created: layer.created,
  }));
  return { ...built, layers: await putLayers(job, layers.slice(0, base), above) };
}

function clamped(layer: AsyncIterable<Uint8Array>, latest: bigint): AsyncIterable<Uint8Array> {
  async function* entries(): AsyncGenerator<WritableEntry> {
    for await (const { header, body } of readTar(layer)) {
      const { sparse: _, mtime, ...rest } = header;
      const member = { ...rest, mtime: mtime > latest ? latest : mtime };
      yield header.type === "file" ? { header: member, body } : { header: member };
    }
  }
  return writeTar(entries());
}
