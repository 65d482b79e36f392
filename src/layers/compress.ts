import { startChild } from "./child-process.ts";
import { verified } from "./verified.ts";

export interface CompressRequest {
  /** Path of an uncompressed layer. */
  readonly blob: string;
}

/**
 * A layer compressed with gzip (RFC 1952): always the same bytes for the same layer, whatever the number of cores,
 * which are all used. The stream fails when the child does.
 */
export function compressLayer(
  blob: string,
  options: { signal?: AbortSignal; onProgress?: (progress: { read: number; size: number }) => void } = {},
): ReadableStream<Uint8Array> {
  const { signal, onProgress } = options;
  const onEvent = (event: unknown) => onProgress?.(event as { read: number; size: number });
  const request: CompressRequest = { blob };
  return verified(startChild<null>("layer-compress", request, { signal, output: true, onEvent }));
}
