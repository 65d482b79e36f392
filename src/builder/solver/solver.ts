import type { Edge } from "../graph/index.ts";
import { Build } from "./build.ts";
import type { Result } from "./model.ts";
import type { SolveOptions, SolverOptions } from "./options.ts";
import { SharedRuns } from "./shared-runs.ts";
import type { StepOutcome } from "./step.ts";

/**
 * Makes graphs into file trees. Steps that do not need each other run at the same time, steps that nothing needs never; a
 * step whose key is in a cache does not run, and one that several builds want at once runs once.
 *
 *     const solver = new Solver({ operations, cache });
 *     const [tree] = await solver.solve([target.tree], { session, progress, signal, lease });
 */
export class Solver {
  readonly #runs = new SharedRuns<StepOutcome>();

  constructor(private readonly options: SolverOptions) {}

  /**
   * The trees of these edges, in their order. The first step that fails ends all others of the build and is what is thrown,
   * as a `StepFailure`; `cancelled` when the signal comes first. Either way nothing of the build runs any more by then,
   * but for what other builds wait for, too.
   */
  async solve(edges: readonly Edge[], options: SolveOptions): Promise<Result[]> {
    return await new Build({ ...this.options, ...options, runs: this.#runs }).solve(edges);
  }
}
