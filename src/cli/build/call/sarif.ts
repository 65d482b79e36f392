import type { BuildWarning } from "../../../api/index.ts";
import { type Finding, findingOf } from "./finding.ts";

/** What a check found, for code scanners. (SARIF 2.1.0) */
export function checkSarif(warnings: readonly BuildWarning[]): string {
  const found = warnings.map(findingOf);
  const rules = new Map(found.map((finding) => [finding.rule, ruleOf(finding)]));
  const ids = [...rules.keys()];
  const driver = { name: "slipway", rules: [...rules.values()] };
  const report = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "utf16CodeUnits",
        results: found.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: ids.indexOf(finding.rule),
          level: "warning",
          message: { text: finding.message },
          locations: [{ physicalLocation: placeOf(finding) }],
        })),
      },
    ],
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function ruleOf({ rule, description, message, url }: Finding) {
  return {
    id: rule,
    shortDescription: { text: description || message },
    ...(url === undefined ? {} : { helpUri: url }),
  };
}

/** Lines and columns count from 1; the end column is the one after the last. */
function placeOf({ file, place }: Finding) {
  const artifactLocation = { uri: file.split("/").map(encodeURIComponent).join("/") };
  if (place === undefined) return { artifactLocation };
  const { start, end } = place;
  const hasEnd = end.line > start.line || (end.line === start.line && end.character > start.character);
  const region = {
    startLine: start.line,
    startColumn: start.character + 1,
    ...(hasEnd ? { endLine: end.line, endColumn: end.character + 1 } : {}),
  };
  return { artifactLocation, region };
}
