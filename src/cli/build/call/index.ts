import type { BuildFailure, BuildRequest, BuildResult } from "../../../api/index.ts";
import type { Call } from "./call.ts";
import { type CheckedSource, checkJson } from "./check-json.ts";
import { checkText } from "./check-text.ts";
import { outlineText, targetsText } from "./describe.ts";
import { checkSarif } from "./sarif.ts";

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The answer to a call, and the status that the command ends with. */
export function answerOf(
  { format, ignoreStatus }: Call,
  { Warnings, Outline, List }: BuildResult,
  request: BuildRequest,
): { text: string; status: number } {
  if (Outline !== undefined)
    return { text: format === "json" ? json(Outline) : outlineText(Outline), status: 0 };
  if (List !== undefined) return { text: format === "json" ? json(List) : targetsText(List), status: 0 };
  const status = Warnings.length > 0 && !ignoreStatus ? 1 : 0;
  if (format === "json") return { text: checkJson(Warnings, sourceOf(request)), status };
  return { text: format === "sarif" ? checkSarif(Warnings) : checkText(Warnings), status };
}

/** What programs read of a Dockerfile that cannot be checked, because it is none. */
export const failedCheck = (failure: BuildFailure, request: BuildRequest): string =>
  checkJson([], sourceOf(request), failure);

function sourceOf({ Dockerfile: { Name, Text } }: BuildRequest): CheckedSource | undefined {
  return Text === undefined ? undefined : { filename: Name, data: Buffer.from(Text).toString("base64") };
}
