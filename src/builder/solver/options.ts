import type { Lease } from "../../engine/image/leases.ts";
import type { ProgressSink } from "../progress/model.ts";
import type { Operations, OwnCache, ResultCache, Session, SolvedStep } from "./model.ts";

export interface SolverOptions {
  readonly operations: Operations;
  readonly cache: OwnCache;
}

export interface SolveOptions {
  /** Those that the user imports, asked in this order after the engine's own. */
  readonly caches?: readonly ResultCache[];
  readonly session: Session;
  readonly progress: ProgressSink;
  readonly signal: AbortSignal;
  /** Holds every layer that the build comes upon, until whoever opened it closes it. */
  readonly lease: Pick<Lease, "chains">;
  /** So many steps at once; the default is 16. */
  readonly maxParallel?: number;
  /** Told each step that has a key, when it is done or was found: what a cache export consists of. */
  readonly solved?: (step: SolvedStep) => void;
}
