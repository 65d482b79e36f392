import type { Digest } from "../oci/digest.ts";
import { startChild } from "./child-process.ts";

export interface CompressRequest {
  /** Path of an uncompressed layer. */
  readonly blob: string;
  /** So many threads work on it. */
  readonly threads: number;
}

/** What a child has written. */
export interface CompressedLayer {
  readonly digest: Digest;
  readonly size: number;
}

/**
 * Compresses a layer with gzip (RFC 1952) into an open file: always the same bytes for the same layer, whatever the
 * number of threads. They are on the disk when the answer comes.
 */
export function compressLayer(
  request: CompressRequest,
  file: number,
  options: { signal?: AbortSignal; onProgress?: (progress: { read: number; size: number }) => void } = {},
): Promise<CompressedLayer> {
  const { signal, onProgress } = options;
  const onEvent = (event: unknown) => onProgress?.(event as { read: number; size: number });
  return startChild<CompressedLayer>("layer-compress", request, { signal, file, onEvent }).result;
}
