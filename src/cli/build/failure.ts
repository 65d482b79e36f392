import type { BuildFailure } from "../../api/index.ts";
import type { BuildLog } from "./progress/log.ts";

const lastLines = 20;

/** What is said of a build that failed, as buildx does: the step's last output, its place in the Dockerfile, and the reason. */
export function failureText(failure: BuildFailure, log: BuildLog): string {
  const { step, excerpt, message } = failure;
  const parts: string[] = [];
  const lines = step === undefined ? [] : log.tail(step.vertex, lastLines);
  if (step !== undefined && lines.length > 0)
    parts.push(["------", ` > ${step.name}:`, ...lines, "------"].join("\n"));
  if (excerpt !== undefined) parts.push(excerpt);
  parts.push(`ERROR: failed to build: failed to solve: ${message}`);
  return `${parts.join("\n")}\n`;
}
