import type { History, ImageConfig } from "../../oci/image.ts";
import type { BuiltLayer } from "../solver/index.ts";
import type { BuildTarget } from "../target.ts";

export interface ConfigOptions {
  /** RFC 3339: what an image counts as made at that has no layer of its own, nor a base. */
  readonly built: string;
  /** `SOURCE_DATE_EPOCH`, RFC 3339: nothing that the build made is younger. */
  readonly epoch?: string;
  /** The keys of the steps that made the layers, for builds that import them from the image. */
  readonly inlineCache?: string;
}

/**
 * The config of an image. An entry of its history that made a layer has the layer's time, which is the same as long as the cache
 * has the layer; one without has that of the entry before it. So the same steps make the same image, whenever it is asked for.
 */
export function imageConfig(
  { config, history, platform }: Pick<BuildTarget, "config" | "history" | "platform">,
  layers: readonly BuiltLayer[],
  options: ConfigOptions,
): ImageConfig {
  const dated = dates(history, layers, options);
  const { inlineCache } = options;
  return {
    ...platform,
    created: dated.at(-1)?.created ?? options.epoch ?? options.built,
    ...config,
    rootfs: { type: "layers", diff_ids: layers.map(({ diffID }) => diffID) },
    history: dated,
    ...(inlineCache === undefined ? {} : { "moby.buildkit.cache.v0": inlineCache }),
  };
}

/** How many of the layers, the topmost, the build has made: its entries in the history have no time yet. */
export const ownLayers = (history: readonly History[]): number =>
  history.filter((entry) => !entry.empty_layer && entry.created === undefined).length;

function dates(
  history: readonly History[],
  layers: readonly BuiltLayer[],
  { built, epoch }: ConfigOptions,
): History[] {
  // Bases are found whose history is not complete: the newest layers belong to the last entries.
  let at = layers.length - history.filter((entry) => !entry.empty_layer).length;
  let before: string | undefined;
  return history.map((entry) => {
    const layer = entry.empty_layer ? undefined : layers[at++];
    const made = layer === undefined ? undefined : (epoch ?? layer.created);
    before = entry.created ?? made ?? before ?? epoch ?? built;
    return { created: before, ...entry };
  });
}
