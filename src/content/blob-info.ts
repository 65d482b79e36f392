import type { Digest } from "../oci/digest.ts";

export interface BlobInfo {
  readonly digest: Digest;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
}
