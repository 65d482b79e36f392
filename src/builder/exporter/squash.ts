import { mergedLayer } from "../../layers/index.ts";
import type { BuildJob } from "../job.ts";
import { ownLayers } from "./config.ts";
import type { Built } from "./image.ts";
import { layerDirectory } from "./layers.ts";
import { putLayers } from "./relayer.ts";

/** `--squash`: all layers of the build become one on those of the base image; the history says so, as Docker's does. */
export async function squashed(job: BuildJob, built: Built): Promise<Built> {
  const { target, layers } = built;
  const own = ownLayers(target.history);
  if (own < 2) return built;
  const base = layers.length - own;
  const created = layers.at(-1)?.created ?? built.config.built;
  const directories = layers.slice(base).map((layer) => layerDirectory(job, layer));
  const archive = () => mergedLayer(directories, job.signal);
  const one = await putLayers(job, layers.slice(0, base), [{ archive, created }]);
  const history = [
    ...target.history.map((entry) => (entry.created === undefined ? { ...entry, empty_layer: true } : entry)),
    { comment: `merge of ${own} layers` },
  ];
  return { ...built, target: { ...target, history }, layers: one };
}
