import { clampLayer } from "../../layers/index.ts";
import type { BuildJob } from "../job.ts";
import { ownLayers } from "./config.ts";
import type { Built } from "./image.ts";
import { layerDirectory } from "./layers.ts";
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
    archive: () => clampLayer(layerDirectory(job, layer), latest, job.signal),
    created: layer.created,
  }));
  return { ...built, layers: await putLayers(job, layers.slice(0, base), above) };
}
