import type { Command, Dockerfile, From } from "../instructions/index.ts";
import type { ParsedDockerfile } from "../parser/index.ts";
import { quote } from "../quote.ts";
import { rules } from "./buildkit-rules.ts";
import { lintCasing } from "./casing.ts";
import { lintDescriptions } from "./description.ts";
import type { Linter } from "./linter.ts";
import { lintSecretNames } from "./secret-names.ts";

/** Checks for BuildKit's rules what can be seen in the file alone; the others are for whoever makes a graph of it. */
export function lintDockerfile(linter: Linter, parsed: ParsedDockerfile, dockerfile: Dockerfile): void {
  for (const { range } of parsed.warnings)
    linter.report(rules.NoEmptyContinuation, { range, comments: [] }, "Empty continuation line");
  lintCasing(linter, dockerfile);
  lintDescriptions(linter, dockerfile);
  lintSecretNames(linter, dockerfile);
  lintStageNames(linter, dockerfile);
  for (const { commands } of dockerfile.stages) for (const command of commands) lintOldForms(linter, command);
}

function lintStageNames(linter: Linter, { stages }: Dockerfile): void {
  const seen = new Set<string>();
  for (const { from } of stages) {
    if (from.name === "") continue;
    if (from.name === "context" || from.name === "scratch") {
      const what = "Stage name should not use the same name as reserved stage";
      linter.report(rules.ReservedStageName, from.node, `${what} ${quote(from.name)}`);
    }
    if (seen.has(from.name)) lintDuplicate(linter, from);
    seen.add(from.name);
  }
}

function lintDuplicate(linter: Linter, { name, node }: From): void {
  const what = `Duplicate stage name ${quote(name)}`;
  linter.report(rules.DuplicateStageName, node, `${what}, stage names should be unique`);
}

function lintOldForms(linter: Linter, command: Command): void {
  const { node } = command;
  if (command.kind === "maintainer")
    linter.report(
      rules.MaintainerDeprecated,
      node,
      "Maintainer instruction is deprecated in favor of using label",
    );
  if (
    (command.kind !== "env" && command.kind !== "label") ||
    command.pairs.every(({ delimiter }) => delimiter)
  )
    return;
  const name = node.keyword;
  const message = `"${name} key=value" should be used instead of legacy "${name} key value" format`;
  linter.report(rules.LegacyKeyValueFormat, node, message);
}
