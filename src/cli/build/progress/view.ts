import type { SolveStatus } from "../../../api/index.ts";

/** A way to show what happens in a build. */
export interface View {
  show(status: SolveStatus): void;
  /** The build is over: what moved stands still now. */
  end(): void;
}
