import type { SolveStatus } from "../../api/build.ts";

export type { BuildWarning, SolveStatus, TransferStatus, VertexLog, VertexStatus } from "../../api/build.ts";

/** Where a build tells what happens; must not block. */
export interface ProgressSink {
  tell(status: SolveStatus): void;
}
