import { startChild } from "../../../layers/index.ts";
import type { Digest } from "../../../oci/digest.ts";

export interface HashRequest {
  /** Its files are named by the hexadecimal digits of their SHA-256. */
  readonly directory: string;
}

export interface HashedBlobs {
  readonly blobs: number;
  readonly bytes: number;
  /** With the digest that was found instead, or why nothing was. */
  readonly damaged: { digest: Digest; how: string }[];
}

/** Reads every blob and compares it with its name, in a child. */
export function hashBlobs(
  request: HashRequest,
  signal: AbortSignal,
  onProgress: (progress: { blobs: number; bytes: number }) => void,
): Promise<HashedBlobs> {
  const onEvent = (event: unknown) => onProgress(event as { blobs: number; bytes: number });
  return startChild<HashedBlobs>("store-hash", request, { signal, onEvent }).result;
}
