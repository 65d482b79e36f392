import { filterValues } from "../../api/filters.ts";
import type { Filters } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import {
  familiarName,
  familiarReference,
  formatReference,
  type Reference,
  repositoryOf,
} from "../../oci/reference.ts";

/** True when the filter `reference` is absent or one of its patterns matches the name, complete or familiar. */
export function matchesReference(filters: Filters, reference: Reference): boolean {
  const patterns = filterValues(filters, "reference");
  if (patterns.length === 0) return true;
  const shown = [
    familiarReference(reference),
    familiarName(reference),
    formatReference(reference),
    repositoryOf(reference),
  ];
  return patterns.some((pattern) => shown.some((name) => pathMatch(pattern).test(name)));
}

/** A shell pattern whose wildcards stop at slashes, as Go's path.Match has it. */
function pathMatch(pattern: string): RegExp {
  let expression = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === "*") expression += "[^/]*";
    else if (character === "?") expression += "[^/]";
    else if (character === "\\" && at + 1 < pattern.length)
      expression += RegExp.escape(pattern[++at] as string);
    else if (character === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end < 0) throw invalid(`syntax error in pattern "${pattern}"`);
      expression += pattern.slice(at, end + 1);
      at = end;
    } else expression += RegExp.escape(character);
  }
  return new RegExp(`^${expression}$`, "u");
}
