import type { Digest } from "../../../oci/digest.ts";
import type { Result } from "../../solver/model.ts";

/** Files of a tree, as a step names them. */
export interface Selection {
  /** Paths or wildcards (Go's filepath.Match); `/` is the root. */
  readonly sources: readonly string[];
  /** Patterns as in a `.dockerignore`, within what is copied. */
  readonly exclude: readonly string[];
  /** As in `COPY --parents`: names of the directories above, from `/./` on, count, too. */
  readonly parents?: boolean;
}

/**
 * Digests of the files that a step takes from a tree: of their names, kinds, permissions, links, extended attributes and
 * content, and not of their times. Files of directories that somebody else owns count as root's.
 */
export interface Checksums {
  /** What is missing is a part of the digest: the step will say so. Undefined is the empty tree. */
  of(tree: Result | undefined, selection: Selection, signal: AbortSignal): Promise<Digest>;
}
