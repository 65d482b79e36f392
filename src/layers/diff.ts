import type { Digest } from "../oci/digest.ts";
import { startChild } from "./child-process.ts";
import { askChild } from "./pool/index.ts";
import { verified } from "./verified.ts";

/** Of the child that writes a layer to its standard output. */
export interface WriteRequest {
  readonly upper: string;
}

export type DiffRequest =
  | { readonly operation: "measure"; readonly upper: string }
  | { readonly operation: "pack"; readonly upper: string; readonly file: string }
  | { readonly operation: "changes"; readonly upper: string; readonly lowers: readonly string[] };

/** 0: modified, 1: added, 2: deleted, as the Engine API numbers them. */
export interface Change {
  /** Absolute, in the container. */
  readonly path: string;
  readonly kind: 0 | 1 | 2;
}

/** What the layer of an upper directory is, without the layer. */
export interface MeasuredLayer {
  /** Of the bytes that `diffLayer` answers. */
  readonly diffID: Digest;
  /** Bytes of the files; one with several names counts once. */
  readonly size: number;
  readonly inodes: number;
}

/**
 * The OCI layer (an uncompressed tar archive) that an overlay's upper directory amounts to: always the same bytes
 * for the same tree. The stream fails when the child does.
 */
export function diffLayer(upper: string, signal?: AbortSignal): ReadableStream<Uint8Array> {
  const request: WriteRequest = { upper };
  return verified(startChild<null>("layer-write", request, { signal, output: true }));
}

/** An archive that a child has written. */
export interface PackedLayer {
  readonly digest: Digest;
  readonly size: number;
}

/** Writes what `diffLayer` answers into a file, which must be there and is not flushed. */
export function packLayer(upper: string, file: string, signal?: AbortSignal): Promise<PackedLayer> {
  const request: DiffRequest = { operation: "pack", upper, file };
  return askChild<PackedLayer>("layer-diff", request, { signal });
}

/** The digest of what `diffLayer` answers, and the files' size. */
export function measureLayer(upper: string, signal?: AbortSignal): Promise<MeasuredLayer> {
  const request: DiffRequest = { operation: "measure", upper };
  return askChild<MeasuredLayer>("layer-diff", request, { signal });
}

/** What an overlay's upper directory changes of the lower ones, the topmost first; parents come before children. */
export function changes(upper: string, lowers: readonly string[], signal?: AbortSignal): Promise<Change[]> {
  const request: DiffRequest = { operation: "changes", upper, lowers };
  return askChild<Change[]>("layer-diff", request, { signal });
}
