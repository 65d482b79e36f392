import { startChild } from "./child-process.ts";
import { verified } from "./verified.ts";

/** Two stacks of layers' directories, each with the topmost first. */
export interface CompareRequest {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * How the tree that one stack amounts to differs from another's: lines of JSON, an ImageDifference each, in the order
 * of the paths. Nothing is mounted, and where both stacks have the same directories nothing is read. Times of
 * modification do not count. The stream fails when the child does.
 */
export function compareStacks(request: CompareRequest, signal?: AbortSignal): ReadableStream<Uint8Array> {
  return verified(startChild<null>("layer-compare", request, { signal, output: true }));
}
