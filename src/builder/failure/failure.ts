import type { BuildFailure } from "../../api/build.ts";
import { asSlipwayError } from "../../errors/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { UnseenDirectory } from "../context/contexts.ts";
import { DockerfileError, excerpt, type Range, type Source } from "../dockerfile/index.ts";
import { CommandFailure } from "../op/exec/failure.ts";
import { StepFailure } from "../solver/index.ts";

/** Where the steps of a build stand in its Dockerfile. */
export interface StepPlaces {
  readonly source: Source;
  readonly places: ReadonlyMap<Digest, Range>;
}

/** What a client is told of a build that failed: the words, and what they are about. */
export function failureOf(error: unknown, steps: StepPlaces | undefined): BuildFailure {
  const { kind, message, details } = asSlipwayError(error);
  const exit = details.exitCode === undefined ? {} : { exitCode: details.exitCode };
  if (error instanceof UnseenDirectory) return { message, kind, unseen: true };
  if (error instanceof DockerfileError) {
    const { source, range } = error;
    return { message, kind, ...exit, ...placeOf(source, range) };
  }
  if (!(error instanceof StepFailure)) return { message, kind, ...exit };
  const { name, digest, op } = error.vertex;
  const range = steps?.places.get(digest);
  const place = steps === undefined || range === undefined ? {} : placeOf(steps.source, range);
  const ran = op.kind === "exec" && error.cause instanceof CommandFailure;
  const command = ran ? { command: op.args.join(" ") } : {};
  return { message, kind, ...exit, ...command, step: { name, vertex: digest }, ...place };
}

function placeOf(source: Source, range: Range) {
  return { excerpt: excerpt(source, range), line: range.start.line, filename: source.filename };
}
