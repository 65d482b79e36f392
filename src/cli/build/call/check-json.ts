import type { BuildFailure, BuildWarning } from "../../../api/index.ts";
import { findingOf, rangesOf } from "./finding.ts";

/** The Dockerfile that was looked at. */
export interface CheckedSource {
  readonly filename: string;
  /** Base64. */
  readonly data: string;
}

/** What a check found, for programs, in BuildKit's format. (moby/buildkit frontend/subrequests/lint) */
export function checkJson(
  warnings: readonly BuildWarning[],
  source: CheckedSource | undefined,
  failure?: BuildFailure,
): string {
  const [first] = warnings;
  const checked = first?.sourceInfo ?? source;
  const report = {
    warnings: warnings.map((warning) => {
      const finding = findingOf(warning);
      const { rule: ruleName, description, url, message: detail } = finding;
      return {
        ruleName,
        ...(description === "" ? {} : { description }),
        ...(url === undefined ? {} : { url }),
        detail,
        location: { ranges: rangesOf(finding) },
      };
    }),
    sources: checked === undefined ? [] : [{ ...checked, language: "Dockerfile" }],
    ...(failure === undefined ? {} : { buildError: buildError(failure) }),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function buildError({ message, line }: BuildFailure) {
  const ranges = line === undefined ? [] : [{ start: { line }, end: { line } }];
  return { message, location: { ranges } };
}
