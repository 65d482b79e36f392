import { startChild } from "./child-process.ts";
import { verified } from "./verified.ts";

/** Layers are the upper directories of overlays; null is one that changes nothing. */
export type RewriteRequest =
  | { readonly operation: "clamp"; readonly layer: string | null; readonly latest: string }
  | { readonly operation: "merge"; readonly layers: readonly (string | null)[] };

/** A layer's archive in which no file is younger than `latest`, nanoseconds since the epoch. */
export function clampLayer(
  layer: string | null,
  latest: bigint,
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  return start({ operation: "clamp", layer, latest: String(latest) }, signal);
}

/** The archive of one layer that amounts to several, the lowest first. */
export function mergedLayer(
  layers: readonly (string | null)[],
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  return start({ operation: "merge", layers }, signal);
}

const start = (request: RewriteRequest, signal: AbortSignal | undefined) =>
  verified(startChild<null>("layer-rewrite", request, { signal, output: true }));
