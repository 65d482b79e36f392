import type { ApplyProgress, ApplyRequest, GrownLayer } from "../../layers/index.ts";
import type { Digest } from "../../oci/digest.ts";

/** A layer to unpack: its blob, and what the uncompressed archive must be. */
export interface PackedLayer {
  digest: Digest;
  diffID: Digest;
}

/** A layer that is unpacked into a snapshot without a place in a stack yet. */
export interface StagedLayer extends GrownLayer {
  /** Of the snapshot. */
  readonly key: string;
}

export type OnProgress = (progress: ApplyProgress) => void;

/** What a child needs to unpack one layer. */
export interface UnpackRequest {
  target: ApplyRequest["target"];
  maxBytes: number;
  maxEntries: number;
}

/** Whoever runs unpackings, each into a snapshot of its own, until its work ends. */
export interface Stager {
  readonly signal: AbortSignal;
  /** So many bytes more are in files. */
  wrote(bytes: number): void;
  stage(unpack: (request: UnpackRequest) => Promise<GrownLayer>): Promise<StagedLayer>;
}
