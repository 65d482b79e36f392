import type { BuildWarning } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "../opts/csv.ts";

const decoded = (text: string): string => Buffer.from(text, "base64").toString();
const formats = ["text", "json", "sarif"];

/** `--call`: what is to be done with a Dockerfile; `check,format=json` looks at it and says what it found so. */
export function parseCall(text: string, check: boolean): { check: boolean; format: string } {
  const [method = "", ...options] = csvFields(text);
  if (!["build", "check", "lint", ""].includes(method))
    throw wrong(`--call=${method} is not supported: there are build and check`);
  let format = "text";
  for (const option of options) {
    const [key, value = ""] = cut(option, "=");
    if (key !== "format" || !formats.includes(value))
      throw wrong(`invalid option ${option} for --call: use format=${formats.join("|")}`);
    format = value;
  }
  return { check: check || method === "check" || method === "lint", format };
}

/** A finding, apart: `RULE: MESSAGE (line N)` is how builds tell it. */
function parts({ short, detail = [], url, sourceInfo, range = [] }: BuildWarning) {
  const text = decoded(short);
  const colon = text.indexOf(": ");
  const rule = text.slice(0, colon);
  const message = text.slice(colon + 2).replace(/ \(line \d+\)$/, "");
  const lines = sourceInfo === undefined ? [] : decoded(sourceInfo.data).split("\n");
  const place = range[0];
  return {
    rule,
    message,
    description: detail.map(decoded).join(" "),
    url,
    lines,
    place,
    file: sourceInfo?.filename ?? "Dockerfile",
  };
}

/** What a check found: for people, for programs, or for code scanners (SARIF 2.1.0). */
export function checkReport(warnings: readonly BuildWarning[], format: string): string {
  if (format === "json") return `${JSON.stringify(asJson(warnings), undefined, 2)}\n`;
  if (format === "sarif") return `${JSON.stringify(asSarif(warnings), undefined, 2)}\n`;
  const count = warnings.length;
  if (count === 0) return "Check complete, no warnings found.\n";
  const found = count === 1 ? "1 warning has been found!" : `${count} warnings have been found!`;
  return `${warnings.map(asText).join("\n")}\nCheck complete, ${found}\n`;
}

function asText(warning: BuildWarning): string {
  const { rule, message, description, url, lines, place, file } = parts(warning);
  const head = `WARNING: ${rule}${url === undefined ? "" : ` - ${url}`}`;
  if (place === undefined) return `${head}\n${message}\n`;
  const first = Math.max(1, place.start.line - 2);
  const last = Math.min(lines.length, place.end.line + 2);
  const excerpt: string[] = [];
  for (let line = first; line <= last; line++) {
    const marked = line >= place.start.line && line <= Math.max(place.start.line, place.end.line);
    excerpt.push(
      `${String(line).padStart(4)} | ${marked ? ">>>" : "   "} ${lines[line - 1] ?? ""}`.trimEnd(),
    );
  }
  const rule20 = "-".repeat(20);
  return [head, description, message, "", `${file}:${place.start.line}`, rule20, ...excerpt, rule20, ""].join(
    "\n",
  );
}

function asJson(warnings: readonly BuildWarning[]) {
  return {
    warnings: warnings.map((warning) => {
      const { rule, message, description, url, place, file } = parts(warning);
      return {
        ruleName: rule,
        description,
        ...(url === undefined ? {} : { url }),
        detail: message,
        location: { file, ranges: place === undefined ? [] : [place] },
      };
    }),
  };
}

function asSarif(warnings: readonly BuildWarning[]) {
  const found = warnings.map(parts);
  const rules = new Map(
    found.map(({ rule, description, url }) => [
      rule,
      { id: rule, shortDescription: { text: description }, ...(url === undefined ? {} : { helpUri: url }) },
    ]),
  );
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "slipway", rules: [...rules.values()] } },
        results: found.map(({ rule, message, place, file }) => ({
          ruleId: rule,
          level: "warning",
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: file },
                ...(place === undefined
                  ? {}
                  : { region: { startLine: place.start.line, startColumn: place.start.character + 1 } }),
              },
            },
          ],
        })),
      },
    ],
  };
}
