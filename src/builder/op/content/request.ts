import type { TreeRequest } from "../child/source/tree.ts";
import type { Selection } from "./model.ts";

/** What the child that makes checksums is told. */
export interface ChecksumRequest {
  readonly tree: TreeRequest;
  readonly selections: readonly Selection[];
  /** File in which digests of files are remembered. */
  readonly index?: string;
}
