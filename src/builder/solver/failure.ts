import { asSlipwayError, SlipwayError } from "../../errors/index.ts";
import type { Vertex } from "../graph/index.ts";
import type { Result } from "./model.ts";

/** Why a build failed, with the step that did: its cause's kind, message and details. */
export class StepFailure extends SlipwayError {
  constructor(
    readonly vertex: Vertex,
    /** What the step was to be made of: where somebody may look for the cause. */
    readonly inputs: readonly Result[],
    error: unknown,
  ) {
    const { kind, message, details } = asSlipwayError(error);
    super(kind, message, { ...details, cause: error });
  }
}
