export { StepFailure } from "./failure.ts";
export type * from "./model.ts";
export type { SolveOptions, SolverOptions } from "./options.ts";
export { Solver } from "./solver.ts";
