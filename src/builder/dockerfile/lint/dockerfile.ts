import type { Dockerfile } from "../instructions/index.ts";
import type { ParsedDockerfile } from "../parser/index.ts";
import { rules } from "./buildkit-rules.ts";
import type { Linter } from "./linter.ts";

/** Checks what can be seen in the file alone. */
export function lintDockerfile(linter: Linter, parsed: ParsedDockerfile, _: Dockerfile): void {
  for (const { range } of parsed.warnings)
    linter.report(rules.NoEmptyContinuation, { range, comments: [] }, "Empty continuation line");
}
