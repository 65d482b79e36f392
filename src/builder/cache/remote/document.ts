import { invalid } from "../../../errors/index.ts";
import { chainIDOn, type Digest, isDigest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import type { BuiltLayer, CacheEntry } from "../../solver/index.ts";

/** Media type of a cache's records, as BuildKit has it (moby/buildkit cache/remotecache/v1/types). */
export const cacheConfigType = "application/vnd.buildkit.cacheconfig.v0";

/** The records of a cache that is kept somewhere else, in BuildKit's form. Our records have no inputs: their keys say it all. */
export interface CacheDocument {
  /** Absent in an image's config: there they are the image's layers. */
  layers?: DocumentLayer[];
  records: DocumentRecord[];
}

export interface DocumentLayer {
  blob: Digest;
  /** Index of the layer below; -1: there is none. */
  parent: number;
  annotations: { mediaType: string; diffID: Digest; size: number; createdAt: string };
}

export interface DocumentRecord {
  /** The key of a step. */
  digest: Digest;
  /** Its topmost layer. */
  results: { layer: number; createdAt: string }[];
}

/** A layer that can be had from a cache. */
export interface RemoteLayer {
  readonly chainID: Digest;
  readonly diffID: Digest;
  readonly created: string;
  readonly parent?: RemoteLayer;
  readonly blob: Descriptor;
}

/** More of a document is not read: its author may mean harm. */
const maxLayers = 20_000;
const maxRecords = 100_000;

/** Layers by the keys of the steps that made them. */
export type RemoteRecords = ReadonlyMap<Digest, RemoteLayer>;

/**
 * Makes a document of steps and the blobs of their layers, by chain ID. Steps without layers are none of it. Where several
 * steps have made the same layer at different times, it stands there several times.
 */
export function cacheDocument(
  steps: readonly CacheEntry[],
  blobs: ReadonlyMap<Digest, Descriptor>,
): CacheDocument {
  const layers: DocumentLayer[] = [];
  const indexes = new Map<string, number>();
  // The same steps make the same document, in whatever order they were done.
  const sorted = [...steps].sort((a, b) => (a.key < b.key ? -1 : 1));
  const records = sorted.flatMap(({ key, layers: stack }) => {
    let parent = -1;
    for (const { chainID, diffID, created } of stack) {
      const { digest, mediaType, size } = blobs.get(chainID) as Descriptor;
      const place = `${parent} ${chainID} ${created}`;
      const annotations = { mediaType, diffID, size, createdAt: created };
      const index = indexes.get(place) ?? layers.push({ blob: digest, parent, annotations }) - 1;
      indexes.set(place, index);
      parent = index;
    }
    return recordOf(key, stack.at(-1), parent);
  });
  return { layers, records };
}

/** None for a step without layers. */
export function recordOf(key: Digest, top: BuiltLayer | undefined, layer: number): DocumentRecord[] {
  if (top === undefined) return [];
  return [{ digest: key, results: [{ layer, createdAt: top.created }] }];
}

/** Errors: `invalid`. What is no record of ours is passed over. */
export function readCacheDocument(value: unknown): RemoteRecords {
  if (!isObject(value) || !Array.isArray(value.layers)) throw damaged("it has no layers");
  if (value.layers.length > maxLayers) throw damaged("it has too many layers");
  const layers: RemoteLayer[] = [];
  for (const entry of value.layers as unknown[]) layers.push(layerOf(entry, layers));
  return readRecords(value.records, layers);
}

export function readRecords(records: unknown, layers: readonly RemoteLayer[]): RemoteRecords {
  if (!Array.isArray(records) || records.length > maxRecords) throw damaged("it has no records");
  const found = new Map<Digest, RemoteLayer>();
  for (const entry of records as unknown[]) {
    if (!isObject(entry) || !isDigestText(entry.digest) || !Array.isArray(entry.results)) continue;
    const result: unknown = entry.results[0];
    if (!isObject(result) || typeof result.layer !== "number") continue;
    const layer = layers[result.layer];
    if (layer === undefined) throw damaged("a record has a layer that is missing");
    found.set(entry.digest, layer);
  }
  return found;
}

/** Those below come before those on them. */
function layerOf(entry: unknown, before: readonly RemoteLayer[]): RemoteLayer {
  if (!isObject(entry) || !isDigestText(entry.blob) || !isObject(entry.annotations))
    throw damaged("a layer is no layer");
  const { mediaType, diffID, size, createdAt } = entry.annotations;
  const isWhole = typeof mediaType === "string" && isDigestText(diffID) && typeof size === "number";
  if (!isWhole || typeof createdAt !== "string") throw damaged("a layer lacks what is to be known of it");
  const parent = typeof entry.parent === "number" && entry.parent >= 0 ? before[entry.parent] : undefined;
  if (parent === undefined && entry.parent !== -1) throw damaged("a layer lies on one that is missing");
  return remoteLayer({ digest: entry.blob, mediaType, size }, diffID, createdAt, parent);
}

export function remoteLayer(
  blob: Descriptor,
  diffID: Digest,
  created: string,
  parent: RemoteLayer | undefined,
): RemoteLayer {
  const chainID = chainIDOn(parent?.chainID, diffID);
  return { chainID, diffID, created, blob, ...(parent === undefined ? {} : { parent }) };
}

/** Lowest first. */
export function stackOf(top: RemoteLayer): RemoteLayer[] {
  const stack: RemoteLayer[] = [];
  for (let layer: RemoteLayer | undefined = top; layer !== undefined; layer = layer.parent) stack.push(layer);
  return stack.reverse();
}

/** Every layer of some steps once, those below first. */
export function layersOf(steps: readonly CacheEntry[]): BuiltLayer[] {
  const found = new Map<Digest, BuiltLayer>();
  for (const layer of steps.flatMap(({ layers }) => layers)) found.set(layer.chainID, layer);
  return [...found.values()];
}

const damaged = (why: string) => invalid(`the cache's records are damaged: ${why}`);

const isDigestText = (value: unknown): value is Digest => typeof value === "string" && isDigest(value);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
