import type { Digest } from "../oci/digest.ts";
import { startChild } from "./child-process.ts";

/**
 * The files of a layer that is not unpacked: its uncompressed archive, and an EROFS image whose further device that is.
 * Neither may be there before. An archive that is not compressed gets a further name, where that is possible.
 */
export interface ImageFiles {
  readonly image: string;
  readonly archive: string;
}

export interface ApplyRequest {
  /** Path of the layer: a tar archive as it is, or compressed with gzip or zstd, which its first bytes tell. */
  readonly blob: string;
  /** The directory that the layer is unpacked into, a snapshot's own, without what lies below it; or an image's files. */
  readonly target: string | ImageFiles;
  /** Checked against the blob. */
  readonly digest?: Digest;
  /** Whether whiteouts are turned into overlayfs's; true unless said otherwise. */
  readonly whiteouts?: boolean;
  /** The layer's files may have so many bytes together; more is `invalid`. */
  readonly maxBytes?: number;
  readonly maxEntries?: number;
}

export interface AppliedLayer extends UnpackedLayer {
  /** Of the uncompressed archive. */
  readonly diffID: Digest;
}

export interface UnpackedLayer {
  /** Bytes of the files. */
  readonly size: number;
  readonly entries: number;
}

/** Bytes of the blob read so far, of how many, and bytes of the files that were in them. */
export interface ApplyProgress {
  readonly read: number;
  readonly size: number;
  readonly unpacked: number;
}

/**
 * Unpacks a layer in a child whose root is the target, so that nothing in the archive leads outside; or makes an image
 * of it, which does not write what the archive names. After an error the target holds a part of the layer and is to be removed. Errors: `invalid` for a damaged, truncated,
 * wrong or too large archive, `exhausted` for a full disk, `cancelled`; messages name the member.
 */
export function applyLayer(
  request: ApplyRequest,
  options: { signal?: AbortSignal; onProgress?: (progress: ApplyProgress) => void } = {},
): Promise<AppliedLayer> {
  const { signal, onProgress } = options;
  const onEvent = (event: unknown) => onProgress?.(event as ApplyProgress);
  return startChild<AppliedLayer>("layer-apply", request, { signal, onEvent }).result;
}
