import type { BuildCacheOption } from "../../../api/build.ts";
import type { Digest } from "../../../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../../../oci/image.ts";
import { layerBlobs } from "../../exporter/layers.ts";
import { BlobStore } from "../../exporter/store.ts";
import type { BuildJob } from "../../job.ts";
import { internalStep } from "../../progress/index.ts";
import type { BuiltLayer, SolvedStep } from "../../solver/index.ts";
import { cacheConfigType, cacheDocument, layersOf } from "./document.ts";
import { layoutTarget } from "./layout.ts";
import type { CacheTarget } from "./medium.ts";
import { type CacheExportOptions, exportOptions, required, unknownType } from "./options.ts";
import { registryTarget } from "./registry.ts";

/** What is to be exported: every step of the build, and the layers that its targets came to. */
export interface CacheContents {
  readonly steps: readonly SolvedStep[];
  readonly results: readonly (readonly BuiltLayer[])[];
}

/** Writes the caches that the request wants; `inline` ones are the image exporter's. */
export async function exportCaches(job: BuildJob, contents: CacheContents): Promise<void> {
  for (const option of job.request.CacheTo ?? []) {
    if (option.Type === "inline") continue;
    const [target, options] = [targetOf(job, option), exportOptions(option)];
    try {
      await internalStep(job.progress, `exporting cache to ${option.Type} ${target.name}`, (tell) =>
        exportCache(job, target, contents, options, tell),
      );
    } catch (error) {
      // The step has told it.
      if (!options.ignoreError || job.signal.aborted) throw error;
    }
  }
}

/** Finds what is wrong with the request's options before anything is built. */
export function checkExports(job: BuildJob): void {
  for (const option of job.request.CacheTo ?? []) {
    if (option.Type !== "inline") targetOf(job, option);
    exportOptions(option);
  }
}

function targetOf(job: BuildJob, option: BuildCacheOption): CacheTarget {
  const { Type, Attributes } = option;
  if (Type === "registry") return registryTarget(job, required(option, "ref", "exporter"));
  if (Type === "local")
    return layoutTarget(job, required(option, "dest", "exporter"), Attributes.tag ?? "latest");
  throw unknownType(Type, "exporter");
}

async function exportCache(
  job: BuildJob,
  target: CacheTarget,
  contents: CacheContents,
  options: CacheExportOptions,
  tell: (part: { id: string; done?: boolean }) => void,
): Promise<void> {
  using store = new BlobStore(job);
  const steps = options.mode === "max" ? contents.steps : finalSteps(contents);
  const layers = layersOf(steps);
  tell({ id: "preparing build cache for export" });
  const blobs = await layerBlobs(job, store, layers, options);
  tell({ id: "preparing build cache for export", done: true });
  const byChain = new Map<Digest, Descriptor>(
    layers.map(({ chainID }, index) => [chainID, blobs[index] as Descriptor]),
  );
  const config = await store.document(cacheConfigType, cacheDocument(steps, byChain));
  const unique = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  tell({ id: "writing layers" });
  await target.blobs([...unique, config], job.signal);
  tell({ id: "writing layers", done: true });
  const document = rootOf(config, unique, options);
  const root = await store.document(rootType(options), document);
  await target.root(root, Buffer.from(JSON.stringify(document)), job.signal);
}

/** Steps whose layers are among those of a target, from the lowest on. */
export function finalSteps({ steps, results }: CacheContents): SolvedStep[] {
  const final = new Set(results.flatMap((layers) => layers.map(({ chainID }) => chainID)));
  return steps.filter(({ layers }) => {
    const top = layers.at(-1);
    return top !== undefined && final.has(top.chainID);
  });
}

function rootType({ imageManifest, ociMediaTypes }: CacheExportOptions): string {
  if (imageManifest) return mediaTypes.manifest;
  return ociMediaTypes ? mediaTypes.index : mediaTypes.dockerManifestList;
}

function rootOf(config: Descriptor, layers: readonly Descriptor[], options: CacheExportOptions): object {
  const head = { schemaVersion: 2, mediaType: rootType(options) };
  return options.imageManifest ? { ...head, config, layers } : { ...head, manifests: [...layers, config] };
}
