import type { Digest } from "../oci/digest.ts";
import { startChild } from "./child-process.ts";

export interface VerifyRequest {
  /** Path of the layer, plain or compressed. */
  readonly blob: string;
  /** The directory that it was unpacked into. */
  readonly target: string;
  /** Whether files are read and compared as well, not only what the file system says of them. */
  readonly contents: boolean;
}

export interface VerifiedLayer {
  /** Of the uncompressed archive. */
  readonly diffID: Digest;
  /** How many files, directories and links are not as the archive has them. */
  readonly differences: number;
  /** The first of them in words, such as `usr/bin/env is missing`. */
  readonly examples: readonly string[];
}

/**
 * Compares an unpacked layer with its archive, in a child: names, types, sizes, modes, owners, times, link targets,
 * extended attributes, whiteouts, and on request contents. Errors: `invalid` for a damaged archive, `notFound` when
 * the directory is not there.
 */
export function verifyLayer(request: VerifyRequest, signal?: AbortSignal): Promise<VerifiedLayer> {
  return startChild<VerifiedLayer>("layer-verify", request, { signal }).result;
}
