import type { BuildRequest } from "../../../api/build.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Descriptor, ImageConfig } from "../../../oci/image.ts";
import type { BuiltLayer, CacheEntry } from "../../solver/index.ts";
import { type RemoteLayer, type RemoteRecords, readRecords, recordOf, remoteLayer } from "./document.ts";

/** `--cache-to type=inline`, or the build argument that stood for it before. */
export function wantsInlineCache({ CacheTo = [], BuildArgs = {} }: BuildRequest): boolean {
  if (CacheTo.some(({ Type }) => Type === "inline")) return true;
  return /^(1|t|true)$/i.test(BuildArgs.BUILDKIT_INLINE_CACHE ?? "");
}

/** What an image's config has of the steps that made its layers: a document in base64; undefined when there are none. */
export function inlineCache(steps: readonly CacheEntry[], layers: readonly BuiltLayer[]): string | undefined {
  const indexes = new Map(layers.map(({ chainID }, index) => [chainID, index]));
  const records = steps.flatMap((step) => {
    const top = step.layers.at(-1);
    const index = top === undefined ? undefined : indexes.get(top.chainID);
    return index === undefined ? [] : recordOf(step.key, top, index);
  });
  if (records.length === 0) return undefined;
  // The same image has the same config, in whatever order its steps were done.
  records.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return Buffer.from(JSON.stringify({ records })).toString("base64");
}

/** What an image says of its steps; none when it says nothing. Errors: `invalid`. */
export function readInlineCache(config: ImageConfig, blobs: readonly Descriptor[]): RemoteRecords {
  const text: unknown = config["moby.buildkit.cache.v0"];
  if (typeof text !== "string") return new Map();
  const value = JSON.parse(Buffer.from(text, "base64").toString()) as { records?: unknown } | null;
  const diffIDs = config.rootfs.diff_ids;
  const created = (config.history ?? []).filter((entry) => !entry.empty_layer).map((entry) => entry.created);
  const offset = created.length - diffIDs.length;
  const layers: RemoteLayer[] = [];
  for (const [index, blob] of blobs.slice(0, diffIDs.length).entries()) {
    const time = created[index + offset] ?? config.created ?? new Date(0).toISOString();
    layers.push(remoteLayer(blob, diffIDs[index] as Digest, time, layers.at(-1)));
  }
  return readRecords(value?.records, layers);
}
