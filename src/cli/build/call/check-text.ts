import type { BuildWarning } from "../../../api/index.ts";
import { type Finding, findingOf } from "./finding.ts";

const rule = "-".repeat(20);

/** What a check found, as buildx prints it: the count, then each finding with its lines and some around them. */
export function checkText(warnings: readonly BuildWarning[]): string {
  const count = warnings.length;
  if (count === 0) return "Check complete, no warnings found.\n";
  const found = count === 1 ? "1 warning has been found!" : `${count} warnings have been found!`;
  return `Check complete, ${found}\n${warnings.map((warning) => `\n${textOf(findingOf(warning))}`).join("")}`;
}

function textOf(finding: Finding): string {
  const { url, message, place, file } = finding;
  const head = `WARNING: ${finding.rule}${url === undefined ? "" : ` - ${url}`}\n${message}\n`;
  if (place === undefined) return head;
  return `${head}${file}:${place.start.line}\n${rule}\n${excerpt(finding, place).join("\n")}\n${rule}\n`;
}

function excerpt({ lines }: Finding, place: NonNullable<Finding["place"]>): string[] {
  const end = Math.min(lines.length, Math.max(place.start.line, place.end.line));
  const [first, last] = around(place.start.line, end, lines.length);
  return lines.slice(first - 1, last).map((text, at) => {
    const line = first + at;
    const mark = line >= place.start.line && line <= end ? ">>>" : "   ";
    return ` ${String(line).padStart(3)} | ${mark} ${text}`;
  });
}

/** Some lines before and after, more of one where the other has none. (moby/buildkit solver/errdefs/source.go) */
function around(start: number, end: number, count: number): [number, number] {
  const padding = start === end ? 4 : 2;
  let [first, last] = [start, end];
  for (let padded = 0; padded < padding; padded++) {
    if (first > 1) {
      first--;
      padded++;
    }
    if (last < count) {
      last++;
      padded++;
    }
  }
  return [first, last];
}
