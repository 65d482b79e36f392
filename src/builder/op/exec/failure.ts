import { SlipwayError } from "../../../errors/index.ts";
import type { ExecOp } from "../../graph/index.ts";
import type { BuiltLayer } from "../../solver/model.ts";
import type { StepExit } from "./process.ts";

/** A process that has not done what it was to do. */
export class CommandFailure extends SlipwayError {
  constructor(
    op: ExecOp,
    { code, oom }: StepExit,
    /** Its root file system as it has left it, where somebody wants to look into that. */
    readonly kept?: readonly BuiltLayer[],
  ) {
    const what = `process ${JSON.stringify(op.args.join(" "))} did not complete successfully: exit code: ${code}`;
    const why = oom
      ? ": cannot allocate memory: it needed more than the build's limit (--memory) allows"
      : "";
    super("invalid", what + why, { exitCode: code });
  }
}
