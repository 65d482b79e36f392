import type { BuildFailure } from "../../api/build.ts";
import { asSlipwayError } from "../../errors/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { UnseenDirectory } from "../context/contexts.ts";
import { DockerfileError, excerpt, type Range, type Source } from "../dockerfile/index.ts";
import { StepFailure } from "../solver/index.ts";

/** Where the steps of a build stand in its Dockerfile. */
export interface StepPlaces {
  readonly source: Source;
  readonly places: ReadonlyMap<Digest, Range>;
}

/** What a client is told of a build that failed: the words, and what they are about. */
export function failureOf(error: unknown, steps: StepPlaces | undefined): BuildFailure {
  const { message, details } = asSlipwayError(error);
  const exit = details.exitCode === undefined ? {} : { exitCode: details.exitCode };
  if (error instanceof UnseenDirectory) return { message, unseen: true };
  if (error instanceof DockerfileError) {
    const { source, range } = error;
    return { message, ...exit, ...placeOf(source, range) };
  }
  if (!(error instanceof StepFailure)) return { message, ...exit };
  const { name, digest, op } = error.vertex;
  const range = steps?.places.get(digest);
  const place = steps === undefined || range === undefined ? {} : placeOf(steps.source, range);
  const command = op.kind === "exec" ? { command: op.args.join(" ") } : {};
  return { message, ...exit, ...command, step: { name, vertex: digest }, ...place };
}

function placeOf(source: Source, range: Range) {
  return { excerpt: excerpt(source, range), line: range.start.line, filename: source.filename };
}
