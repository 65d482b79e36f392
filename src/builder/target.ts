import type { Digest } from "../oci/digest.ts";
import type { History, ImageConfig } from "../oci/image.ts";
import type { Platform } from "../oci/platform.ts";
import type { Edge } from "./graph/index.ts";
import type { BuildWarning } from "./progress/model.ts";

/** What a front end makes of one target for one platform: a graph to solve, and the image that its result is to be. */
export interface BuildTarget {
  /** The stage's name, or its number. */
  readonly name: string;
  /** Its number. */
  readonly stage: number;
  readonly platform: Platform;
  readonly tree: Edge;
  /** But for layers and times. */
  readonly config: Omit<ImageConfig, "rootfs" | "created" | "history">;
  /**
   * Lowest first: what the base image has, and an entry for each instruction. New entries have no `created`: those that made a
   * layer get the layer's, the others that of the entry before them (or of the build, where none is).
   */
  readonly history: readonly History[];
}

/** Lines count from 1, characters from 0; the end is no part of it. */
export interface SourceRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** An instruction that a base image brought, or the base stage. */
export interface Trigger {
  /** In small letters. */
  readonly keyword: string;
  /** The steps that were made of it. */
  readonly vertices: readonly Digest[];
}

/** The graph of a build, and what its author should know. */
export interface FrontendResult {
  readonly targets: readonly BuildTarget[];
  readonly warnings: readonly BuildWarning[];
  /** Where the instructions stand that vertices were made of. */
  readonly places: ReadonlyMap<Digest, SourceRange>;
  /** What ONBUILD of their bases put behind instructions FROM, by the line of these, which is the place of such steps. */
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>;
}
