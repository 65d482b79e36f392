import type { Digest } from "../oci/digest.ts";

/** What bytes must be to be taken in; what is not said is not checked. */
export interface Expected {
  readonly digest?: Digest;
  readonly size?: number;
}

export interface IngestOptions {
  readonly signal?: AbortSignal;
  /** Told each time bytes were added: the file that they are in, under this name until the blob is complete. */
  readonly onGrowth?: (path: string, size: number) => void;
  /** True: nobody else uses the source's chunks, whose memory is given back as soon as they are written. */
  readonly owned?: boolean;
  /** False: whoever refers to the blob durably flushes the file system before. */
  readonly sync?: boolean;
}
