import type { Digest } from "../../../oci/digest.ts";
import type { FileAction } from "../../graph/index.ts";
import type { TreeRequest } from "../child/source/tree.ts";

/** What the child of a file operation is told, in a file: contents may be longer than arguments can be. */
export interface FileRequest {
  /** Mounted and writable; it becomes the child's root. */
  readonly root: string;
  /** The directory that has what was changed in the end; the layer that it is gets measured. */
  readonly upper: string;
  readonly actions: readonly FileAction[];
  /** By the actions' number of an input; those that no action reads are null. */
  readonly inputs: readonly (TreeRequest | null)[];
  /** Of what no source gives a time; seconds since the epoch. */
  readonly time: number;
  /** For a copy that is worth being remembered. */
  readonly earlier?: EarlierRequest;
}

/** What a copy learns from the one before it, and tells the next one. */
export interface EarlierRequest {
  /** File that says what was copied; it is written anew. See `CopyRecord`. */
  readonly record: string;
  /** Chain ID of what the step lies on; null for nothing. */
  readonly below: Digest | null;
  /** The layer that was made then, and the directory with its files; absent where there is none to take files from. */
  readonly layer?: { readonly chainID: Digest; readonly directory: string };
}
